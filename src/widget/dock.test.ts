// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { keepRun } from "./dock.ts";
import { answer, figureStore, forget } from "./store.ts";

afterEach(() => {
  for (const id of ["a", "b"]) {
    figureStore(id).setState({ pressed: false });
    forget(id);
  }
  document.body.replaceChildren();
});

function figure(id: string, pressed = false) {
  document.body.insertAdjacentHTML("beforeend", `<figure id="${id}"></figure>`);
  const asked: string[] = [];
  answer(id, (wish) => {
    asked.push(wish.type);
    if (wish.type === "pause") figureStore(id).setState({ playing: false, pressed: false });
  });
  figureStore(id).setState({ playing: pressed, pressed });
  return { dock: keepRun(document.getElementById(id)!, id.toUpperCase()), store: figureStore(id), asked };
}
const chip = (): string | undefined => document.querySelector(".gb-dock")?.textContent;

test("a run that the reader started shows a chip while its figure is off the screen, and no other does", () => {
  const { dock, store } = figure("a");
  store.setState({ playing: true, step: 1 });
  dock.see(false);
  expect(chip()).toBeUndefined();
  store.setState({ pressed: true, step: 63, loss: 2.9 });
  expect(chip()).toBe("A is running · step 63 · loss 2.90 · back to the figure");
  store.setState({ step: 70, finished: true });
  expect(chip()).toBe("A: finished · step 70 · loss 2.90 · back to the figure");
  dock.see(true);
  expect(chip()).toBeUndefined();
});

test("a second run that the reader starts pauses the first", () => {
  const a = figure("a");
  const b = figure("b");
  a.store.setState({ playing: true, pressed: true });
  a.dock.see(false);
  b.store.setState({ playing: true, pressed: true });
  expect(a.asked).toEqual(["pause"]);
  expect(chip()).toBeUndefined();
});

test("a run that was started before its chip's code came has a chip all the same, and pauses the one before it", () => {
  const a = figure("a", true);
  const b = figure("b", true);
  expect(a.asked).toEqual(["pause"]);
  b.dock.see(false);
  expect(chip()).toBe("B is running · back to the figure");
});
