/** What a page does not need for its first live figure: it is fetched when that has been drawn, or at the first press. */
import { attachCurves } from "../prose/drawCurve.ts";
import { lightTerms } from "../prose/lightTerms.ts";
import { attachCitations, attachPredictions } from "../prose/predictor.ts";
import { attachSteps } from "../prose/stepper.ts";
import { attachOffline } from "./offline.ts";
import { attachPrintNotes } from "./printNotes.ts";
import { attachSearchHere } from "./searchHere.ts";
import { attachThemeSwitch } from "./themeSwitch.ts";

attachPredictions();
attachCurves();
attachCitations();
lightTerms();
attachPrintNotes();
attachOffline(import.meta.env.BASE_URL);
attachSearchHere(import.meta.env.BASE_URL);
// What the reader keeps comes with a storage of its own, for which the rest does not wait.
const [{ attachNotSaved }, { attachReading }] = await Promise.all([import("./notSaved.ts"), import("./reading.ts")]);
attachNotSaved();
attachReading();
// Last: until this script is complete early presses are repeated, and what was there already would be pressed twice.
attachSteps();
attachThemeSwitch();
