"""What every view of the API does: identify the caller, reset, check the role, read the input."""

from typing import Any, ClassVar

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.views import APIView

from interactions import sessions
from interactions.api.fields import Input, QueryInput
from interactions.api.json import JSONParser, JSONRenderer
from interactions.callers import Caller, ServiceCaller
from interactions.errors import BodyTooLarge, NotAuthenticated, NotFound, NotPermitted
from interactions.models.directory import Role

AGENT = "agent"
MEDIA_SERVER = Role.MEDIA_SERVER.value
REPORTING_ENGINE = Role.REPORTING_ENGINE.value


class BearerAuthentication(BaseAuthentication):
    """Authorization: Bearer <token>, of a session or a service.

    Identifying an agent is also the reset, unless the view only receives: a desktop that polls in the
    background must not keep a sleeping agent's work.
    """

    def authenticate(self, request: Request) -> tuple[Caller, None]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not token.strip() or scheme.lower() != "bearer":
            raise NotAuthenticated(reason="missing")
        receives = request.parser_context["view"].only_receives
        return sessions.identify(token.strip(), resets=not receives), None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class ApiView(APIView):
    """A request of the API. `roles` may send it; admins may send all."""

    authentication_classes = [BearerAuthentication]
    permission_classes = []
    parser_classes = [JSONParser]
    renderer_classes = [JSONRenderer]
    roles: ClassVar[frozenset[str]] = frozenset({AGENT})
    only_receives: ClassVar[bool] = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.perform_authentication(request)  # first: a request that is refused resets, too
        super().initial(request, *args, **kwargs)
        if self.authentication_classes and not self._is_permitted(request.user):
            raise NotPermitted
        if None in kwargs.values():
            raise NotFound  # see converters
        if request.META.get("workbin.body_too_large"):
            raise BodyTooLarge

    def _is_permitted(self, caller: Any) -> bool:
        if isinstance(caller, ServiceCaller):
            return caller.role in self.roles
        return AGENT in self.roles or caller.is_admin

    @property
    def caller(self) -> Any:
        """Who asks: an AgentCaller where only agents may, else a ServiceCaller too."""
        return self.request.user

    def body(self, shape: type[Input]) -> dict[str, Any]:
        """The body's fields. Errors: Invalid."""
        return _validated(shape(data=self.request.data))

    def query(self, shape: type[QueryInput]) -> dict[str, Any]:
        """The query's fields. Errors: Invalid."""
        return _validated(shape(data=self.request.query_params))


def _validated(given: Input) -> dict[str, Any]:
    given.is_valid(raise_exception=True)
    return given.validated_data
