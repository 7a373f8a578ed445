import type { ReactElement, ReactNode } from "react";

interface LettersProps<T> {
  /** In alphabetical order. */
  readonly entries: readonly T[];
  nameOf(entry: T): string;
  children(entries: readonly T[]): ReactNode;
}

/** A long list under its first letters, with a line of letters to leap by. */
export function Letters<T>({ entries, nameOf, children }: LettersProps<T>): ReactElement {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const letter = nameOf(entry).normalize("NFD").charAt(0).toUpperCase();
    groups.set(letter, [...(groups.get(letter) ?? []), entry]);
  }
  return (
    <>
      <nav className="letters" aria-label="Letters">
        {[...groups.keys()].map((letter) => <a key={letter} href={`#letter-${letter}`}>{letter}</a>)}
      </nav>
      {[...groups].map(([letter, ofLetter]) => (
        <section key={letter} className="letter" aria-labelledby={`letter-${letter}`}>
          <h2 id={`letter-${letter}`}>{letter}</h2>
          {children(ofLetter)}
        </section>
      ))}
    </>
  );
}
