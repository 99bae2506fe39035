"""What every view of the API does: identify the caller, reset, check the role, read the input."""

from functools import partial
from typing import Any, ClassVar

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.views import APIView

from interactions import sessions
from interactions.api.fields import Input, QueryInput
from interactions.api.idempotency import HEADER, answer_once
from interactions.api.json import JSONParser, JSONRenderer
from interactions.callers import AgentCaller, Caller, ServiceCaller
from interactions.errors import BodyTooLarge, NotAuthenticated, NotFound, NotPermitted
from interactions.models.directory import Role
from interactions.waking import IS_REPEATED, WAIT, Wait

AGENT = "agent"
MEDIA_SERVER = Role.MEDIA_SERVER.value
REPORTING_ENGINE = Role.REPORTING_ENGINE.value
LONGEST_WAIT = 30  # seconds


class BearerAuthentication(BaseAuthentication):
    """Authorization: Bearer <token>, of a session or a service.

    Identifying an agent is also the reset, unless the view only receives: a desktop that polls in the
    background must not keep a sleeping agent's work.
    """

    def authenticate(self, request: Request) -> tuple[Caller, Any]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not token.strip() or scheme.lower() != "bearer":
            raise NotAuthenticated(reason="missing")
        is_arrival = not request.META.get(IS_REPEATED)
        view = request.parser_context["view"]
        return view.identify(token.strip(), resets=is_arrival and not view.only_receives)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class ApiView(APIView):
    """A request of the API. `roles` may send it, and `readers` may GET it; admins may send all."""

    authentication_classes = [BearerAuthentication]
    permission_classes = []
    parser_classes = [JSONParser]
    renderer_classes = [JSONRenderer]
    roles: ClassVar[frozenset[str]] = frozenset({AGENT})
    readers: ClassVar[frozenset[str]] = frozenset()
    only_receives: ClassVar[bool] = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.perform_authentication(request)  # first: a request that is refused resets, too
        super().initial(request, *args, **kwargs)
        if self.authentication_classes and not self._is_permitted(request):
            raise NotPermitted
        if None in kwargs.values():
            raise NotFound  # see converters
        if request.META.get("workbin.body_too_large"):
            raise BodyTooLarge
        self._heed_key(request)

    def identify(self, token: str, *, resets: bool) -> tuple[Caller, Any]:
        """Who asks, and what the view wants of the same statement: its `request.auth`."""
        return sessions.identify(token, resets=resets), None

    def _heed_key(self, request: Request) -> None:
        """Under an Idempotency-Key the handler runs once. Without a caller there is nobody to keep it for."""
        key, handler = request.headers.get(HEADER), getattr(self, "post", None)
        if request.method == "POST" and self.authentication_classes and key is not None and handler:
            self.post = lambda request, *args, **kwargs: answer_once(
                self.caller, request, key, partial(handler, request, *args, **kwargs)
            )

    def _is_permitted(self, request: Request) -> bool:
        roles = self.roles | self.readers if request.method in ("GET", "HEAD") else self.roles
        caller: Any = request.user
        if isinstance(caller, ServiceCaller):
            return caller.role in roles
        return AGENT in roles or caller.is_admin

    @property
    def caller(self) -> Any:
        """Who asks: an AgentCaller where only agents may, else a ServiceCaller too."""
        return self.request.user

    def wait(self, wait: Wait) -> None:
        """Have the request asked again when there is news of what it waits for, or at the end of the time.
        Its answer is sent if nothing comes, or if the server cannot wait. Whoever asks for the head alone
        would see no end of a stream, and has no use for news.
        """
        if self.request.method == "HEAD":
            return
        if isinstance(self.caller, AgentCaller):
            wait.end_with(self.caller.session)
        self.request.META[WAIT] = wait

    def body(self, shape: type[Input]) -> dict[str, Any]:
        """The body's fields. Errors: Invalid."""
        return shape.read(self.request.data)

    def query(self, shape: type[QueryInput]) -> dict[str, Any]:
        """The query's fields. Errors: Invalid."""
        return shape.read(self.request.query_params)
