/** What a page does not need for its first live figure: it is fetched when that has been drawn, or at the first press. */
import { attachCurves } from "../prose/drawCurve.ts";
import { lightTerms } from "../prose/lightTerms.ts";
import { attachCitations, attachPredictions } from "../prose/predictor.ts";
import { attachOffline } from "./offline.ts";
import { attachNotSaved } from "./notSaved.ts";
import { attachReading } from "./reading.ts";

attachPredictions();
attachCurves();
attachCitations();
lightTerms();
attachNotSaved();
attachReading();
attachOffline(import.meta.env.BASE_URL);
