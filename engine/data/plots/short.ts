/** Very short plots, of about fifty words: a whole story in half a context. The notation is described in ../plotScript.ts. */
export const SHORT_PLOTS: readonly string[] = [
`butterfly a p:meadow
%openAt
A blue butterfly came and sat on {a's} nose. {a} did not move at all.
1 "You are so pretty," {a.he} said [softly|in a small voice]. The butterfly opened and closed its wings. Then it flew away.
2 But then {a} had to sneeze! The butterfly flew up to the sky, and {a} [laughed|waved].
%endOne`,

`apple-tree a b p:garden
%openTwoAt
A red apple hung high up in a tree. {a} was too small to reach it, and so was {b}.
"[Sit on my back|Climb on my back]," said {b}. {a} did so and got the apple, and {they} ate it together.
|Then {a} had an idea. {a} stood on {b's} back, and so {they} got the apple.
?"Half for you and half for me," said {a}.
?%endGo`,

`moon-in-pond a b p:pond
One night, {+a} went {to p} and looked into the water.<at a p>
"[The moon has fallen in|The moon is in the water]!" cried {a}. {a.he} was {feel a worried}.
{+b} came and laughed.<at b p> "Look up," said {b}. And there was the moon, high in the sky.
{a} was {feel a glad} that it was safe.`,

`windy-hat a b o:hat p:open
{+a} had {+o}.<own a o><has a o> One day, the wind took {o.it} away.<drop a o> {a} ran and ran, but the wind was faster.
Then {+b} jumped up and caught {o}.<has b o>
"Is this yours?" asked {b}, and gave {o} to {a}.<give b a o>
%thanks
?%endFriends`,

`flower-for-mother a m:parent o:flower p:meadow
{+a} saw {+o} {at p}.<at a p> {a.he} thought of {m} and [picked {o.it}|took {o.it} home].<has a o>
{m} was {feel m tired} after a long day. So {a} gave {o} to {m}.<give a m o><own m o>
1 "How lovely!" said {m}, and was not tired any more.
2 {m} was {feel m glad} and put {o} in a cup of water.
?{a} felt {feel a proud}.`,

`loose-tooth a m:kin f:crunch
%open
{a.he} had a loose tooth. {a.he} pushed it and pulled it, but the tooth did not come out.
"[Wait a little|Give it time]," said {m}. Then {a} took a big bite of {f}. There was the tooth!
{a} was {feel a surprised}. "It did not hurt at all," {a.he} said.
?That night, {a} put the tooth under the pillow.`,

`nap a:animal b:animal p:open
%openAt
The sun was warm, and {a} was {feel a tired}. {a.he} lay down in the grass and fell asleep.
1 When {a} woke up, {+b} was sleeping there too.<at b p> {a} smiled and closed {a.his} eyes again.
2 {+b} came by and put a big leaf over {a}, because the sun was so hot.<at b p> When {a} woke up, {a.he} was {feel a glad}.
2 %thanks`,

`first-snow a b p:hill
One morning, everything was white. "Snowflakes!" cried {+a}. {a.he} had never seen snowflakes before.
"Come out!" called {+b}. {they} went {to p} and came down on an old [box|door|bag], as fast as the wind.<at ab p>
{they} fell into the soft snow and laughed. {a} was {feel a cold}, but {a.he} wanted to go again.
?"Again, again!" said {a}.`,

`splash a b p:pond
%openTwoAt
"Do not fall in," said {a}. But then {a} took one step too many. Splash!
{b} pulled {a} out. {a} was wet from head to foot, and there was a green leaf on {a.his} nose.
1 {b} had to laugh, and then {a} laughed, too.
2 {a} was {feel a angry}. But when {a.he} saw the leaf, {a.he} had to laugh.
?%endGo`,

`counting-stars a m:parent
{+a} lay in bed and was not [tired|sleepy] at all. "Count the stars," said {m}.
{a} looked out of the window. One, two, three, four. There were so many!
[At ten|At a hundred], {a.his} eyes closed. {m} [turned off the light|put a blanket over {a}] and said, "Good night."`,

`wrong-boots a b
%openTwo
One rainy morning, {a} put on two left boots. {a.he} walked in a circle, round and round!
|One dark morning, {a} put on a coat that was much too big. It was the coat of {a.his} father!
{b} [laughed|giggled]. "What are you doing?" asked {b}. {a} looked down and had to laugh, too.
?%endTwo`,

`seed-and-bird a b:animal f:crop q:garden
%open
{a.he} planted some seeds {at q}.<at a q> Then {+b} came and ate one!<at b q> {a} was {feel a angry}.
"I am sorry. I was so hungry," said {b}. {a.he} saw that {b} was very thin.
So {a} gave some bread to {b}. In the summer, there were {f} for both.
?%endFriends`,
];
