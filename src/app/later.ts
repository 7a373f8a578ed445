/** What a page does not need for its first live figure: it is fetched when that has been drawn, or at the first press. */
import { attachOffline } from "./offline.ts";
import { attachReading } from "./reading.ts";

attachReading();
attachOffline(import.meta.env.BASE_URL);
