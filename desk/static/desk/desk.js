// The desk begins: who shows what, who listens to what, and the session of before the reload.
import { watchActivity } from "./activity.js";
import { watchDragging } from "./drag.js";
import { byId } from "./dom.js";
import { bindHands, showHands } from "./hands.js";
import { watchKeys } from "./keys.js";
import { keepFresh } from "./lists.js";
import { bindLogIn, showLogIn } from "./login.js";
import { attempt } from "./notices.js";
import { bindPlaces, showPlaces } from "./places.js";
import { watchArrows } from "./roving.js";
import { resume } from "./session.js";
import { changed, look, state, watch } from "./store.js";
import { bindTop, showTop } from "./top.js";
import { showWayBack, watchWayBack } from "./wayback.js";
import { showWork } from "./work.js";

const TICK = 1000; // ms

watch(showLogIn);
for (const view of [showTop, showPlaces, showHands, showWork, showWayBack]) watch(() => state.me && view());
for (const bind of [bindLogIn, bindTop, bindPlaces, bindHands, watchKeys, watchArrows, watchDragging, watchActivity, watchWayBack, keepFresh]) bind();
setInterval(() => state.me && look(), TICK);

await attempt(resume);
document.body.dataset.ready = "true";
byId("starting").hidden = true;
changed();
