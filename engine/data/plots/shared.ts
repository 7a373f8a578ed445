/** Lines that many plots share, by name. Roles: a is the hero, b a friend, p the first place. */
export const SHARED: Readonly<Record<string, readonly string[]>> = {
  open: [
    "Once upon a time, there was {+a}.",
    "Once there was {+a}.",
    "{+a} lived in a [little|small|warm] house.",
    "In a quiet [village|valley] lived {+a}.",
    "Long ago, there lived {+a}.",
  ],
  openAt: [
    "One [sunny|warm|fine|bright] [day|morning], {+a} went {to p}.<at a p>",
    "One [day|morning], {+a} was playing {at p}.<at a p>",
    "Once upon a time, {+a} went for a walk {at p}.<at a p>",
    "{+a} liked to play {at p}.<at a p>",
  ],
  openTwo: [
    "Once there were two friends, {+a} and {+b}.",
    "{+a} had a good friend. It was {+b}.",
    "Once upon a time, there lived {+a}, and next door lived {+b}.",
    "{+a} and {+b} were best friends.",
  ],
  openTwoAt: [
    "One [sunny|warm|fine] [day|morning], {+a} and {+b} went {to p}.<at ab p>",
    "{+a} met {+b} {at p}.<at ab p>",
    "One [day|morning], {+a} and {+b} were playing {at p}.<at ab p>",
  ],
  thanks: [
    '"Thank you, {b}," said {a}.',
    '"You are so kind, {b}," said {a}.',
    '"Thank you! You are a [good|true|kind] friend," said {a}.',
    "{a} thanked {b} [with a big smile|with a hug].",
  ],
  endTwo: [
    "{they} were both {feel ab glad}.",
    "{they} never forgot that day.",
    "After that, {they} were even better friends.",
    "{they} stayed friends [for ever|for many years].",
  ],
  endGo: [
    "Then {they} played until the sun went down.",
    "Then {they} went home [together|hand in hand].",
    "{they} [laughed|sang|danced] all the way home.",
    "In the evening, {they} went home and were {feel ab tired} but {feel ab glad}.",
  ],
  endFriends: [
    "From that day on, {they} were [best|good] friends.",
    "After that, {they} [often|always] played together.",
    "And so {they} became friends.",
    "{a} went home {feel a glad}, because now {a.he} had a [new|good] friend.",
  ],
  endOne: [
    "That night, {a} slept very well.",
    "{a} went home with a [big|happy] smile.",
    "{a} never forgot that day.",
    "{a.he} felt {feel a glad}.",
  ],
};
