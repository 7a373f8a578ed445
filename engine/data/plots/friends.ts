/** Plots about giving, sharing, helping and making up. The notation is described in ../plotScript.ts. */
export const FRIEND_PLOTS: readonly string[] = [
`gift a b o:gift p:wild q:garden
%openTwo
[One day|One morning], {a} went {to p} and found {+o}.<at a p><has a o>
{a.he} thought, "[This is just right for {b}|{b} would love this|I know who will like this]."
|{a.he} knew at once who would like {o.it}.
?{a} [put {o} in a box|washed {o} with care] and carried {o.it} home.
{b} was [working|sitting|resting] {at q}.<at b q>
{a} [went there|ran there|came along] and gave {o} to {b}.<at a q><give a b o><own b o>
|{a} came running and said, "[This is for you|I have something for you], {b}!"<at a q> Then {a.he} gave {b.him} {o}.<give a b o><own b o>
{b} was {feel b glad}[| because {b.he} had never had such a nice {o.n}].
?"Thank you, {a}! It is [so pretty|lovely|the best gift of all]," said {b}.
%endTwo`,

`lost-and-found a b o:lost p:wild
%open
{a.he} had {+o}[| and took {o.it} everywhere].<own a o><has a o>
|The [best|dearest] thing that {a.he} had was {+o}.<own a o><has a o>
One day, {a} went {to p} and lost {o}.<at a p><drop a o>
{a.he} looked [here and there|everywhere], but {a.he} could not find {o.it}. {a.he} was {feel a sad}.
Then {a.he} met {+b}.<at b p> "[What is wrong|Why are you so sad]?" asked {b}.
"I lost my {o.np}," said {a}.
|"I cannot find my {o.n}," said {a}.
1 {b} helped {a} look. [Soon|At last], {b.he} saw {o} under a [bush|leaf|tree] and picked {o.it} up.<has b o>
1 {b} gave {o} back to {a}.<give b a o>
2 {b} smiled, because {b.he} had found {o} that morning.<has b o> "Is this the one?" asked {b}.
2 It was the right one! {b} gave {o} to {a}.<give b a o>
{a} was {feel a glad}. {a.he} [hugged {b}|gave {b} a hug].
?%endFriends`,

`sick-friend a b f:food q:garden
%openTwo
One [day|morning], {b} was sick and had to stay in bed. {b.he} felt {feel b sad}.
{a} was {feel a worried} because {b.he} was so weak.
|{a} heard about it and was {feel a worried}. {a.he} wanted to help.
1 So {a} made some {f} and took it to {b}.
1 "This will make you strong," said {a}. {b} ate [it all|every bit of it].
2 So {a} picked some flowers {at q} and took the flowers to {b}.<at a q>
2 "[How pretty|What a sweet smell]!" said {b}.
3 So {a} sat by the bed and read a long story to {b}. It was about a [bear|king|ship] and a [star|mountain|magic tree].
3 {b} laughed at the funny parts.
?{b} slept all afternoon.
[The next day|After three days|Soon], {b} was well again. "You are a good friend, {a}," said {b}.
%endTwo`,

`sharing-food a b f:fruit p:outside
%openTwoAt
{a} had a [big|full] basket of {f}, but {b} had nothing to eat.
{b} was {feel b hungry}[|, and {b.his} tummy made a loud noise].
|{b} looked at the basket, because {b.he} was {feel b hungry}.
1 At first {a} wanted to eat all the {f} alone.
1 But then {a} looked at {b} and felt {feel a sorry}.
2 {a} saw this and did not think long.
"[Come and sit with me|Please have some]," said {a}. "There is enough for two."
{they} sat [on the grass|under a tree|in the sun] and ate the {f} together.
The {f} tasted [better|sweeter] than ever before.
?"Next time, I will bring some for you," said {b}.
?%endGo`,

`two-want-one a b o:toy p:outside
%openTwoAt
{they} saw {+o} on the ground.
"It is mine!" said {a}. "No, I saw it first!" said {b}.
{a} took {o}, and {b} was {feel b angry}.<has a o>
1 {they} pulled and shouted, and nobody had any fun.
2 {a} would not let go, and {b} began to cry.
Then {a} had an idea. "[We can take turns|Let us share it]," said {a}.
|Then {a} felt {feel a sorry}. "[You can play first|You may have it now, and I will have it later]," said {a}.
{a} gave {o} to {b}.<give a b o> {b} played for a while [and|but soon] gave {o.it} back to {a}.<give b a o>
{they} [took turns|played with {o}] all day. It was much more fun that way.
?%endGo`,

`broken-toy a b o:breakable
%openTwo
{b} had {+o}, and {b.he} loved {o.it} very much.<own b o><has b o>
One day, {o} fell [on the floor|down the stairs|off the table] and broke. {b} was {feel b sad}[| and began to cry].
"[Do not cry|Do not worry]," said {a}. "[I can fix it|I will try to fix it]."
{b} gave {o} to {a}.<give b a o> {a.he} [found|got] some [glue|string|tape|paint] and worked [all afternoon|for a long time|very carefully].
When {o} was [as good as new|whole again], {a} gave {o.it} back to {b}.<give a b o>
{b} was {feel b glad}. "It is even better than before!" said {b}.
|{b} [jumped for joy|clapped], because {b.he} was {feel b glad}.
|"You are so clever!" said {b}. {b.he} hugged {a}, and {a.he} was {feel a glad}, too.
?{a} was {feel a proud} of the work.
?%endTwo`,

`borrowed a b o:tool p:outside
%openTwo
{b} had {+o}.<own b o><has b o> One day, {a} asked, "May I borrow your {o.n}?"
"Yes, but please bring it back," said {b}. So {b} gave {o} to {a}.<give b a o>
{a} took {o} and went {to p}.<at a p> {a.he} used {o.it} all day.
1 In the evening, {a} was {feel a tired} and forgot about {o}.
1 The next morning, {a.he} remembered. {a.he} ran to {b} as fast as the wind.<at ab p>
1 "I am sorry that I am late," said {a}, and gave {o} back to {b}.<give a b o>
1 {b} was not angry. "You kept your promise," said {b}.
2 In the evening, {a} cleaned {o}. Then {a.he} brought {o.it} back to {b}.<at b p><give a b o>
2 "It is cleaner than before!" said {b}. {b.he} was {feel b surprised}.
2 ?"You can borrow it any time," said {b}.
?After that, {they} [shared everything|helped each other every day].`,

`trade a b o:toy u:small p:outside
%openTwoAt
{a} had {+o}, and {b} had {+u}.<own a o><has a o><own b u><has b u>
{a} looked at {u}. It [was so pretty|shone in the sun]. {b} looked at {o}.
"[Shall we trade|Do you want to trade]?" asked {a}. {b} said yes.
|{b} said, "I will give you my {u.n} for your {o.n}." {a} nodded.
So {a} gave {o} to {b}, and {b} gave {u} to {a}.<give a b o><give b a u><own b o><own a u>
1 Now {b} had {o}, and {a} had {u}. {they} were both {feel ab glad}.
2 But that night, {a} missed {o}. {a.he} was {feel a sad}.
2 The next day, {b} said, "I miss my {u.n}."
2 So {a} gave {u} back to {b}, and {b} gave {o} back to {a}.<give a b u><give b a o><own a o><own b u>
2 {they} laughed about it for a long time.
?"That was a fair trade," said {b}.`,

`new-friend a b p:outside g:game
%open
{a.he} was new in the village and had no friends. {a.he} was {feel a lonely}.
One day, {a} went {to p}.<at a p> There {a.he} [saw|met] {+b}.<at b p>
1 {a} was too shy to speak. So {b} came and said, "Hello! Do you want to play?"
2 {b} was playing {g} alone. "May I play too?" asked {a}.
1 "[Yes, please|Oh yes|That would be nice]!" said {a}.
2 "[Yes, please|Of course|That would be nice]!" said {b}.
{they} played {g} all [day|afternoon|morning].
?When it was time to go home, {b} said, "Will you come back tomorrow?"
{a} was not lonely any more. Now {a.he} had a friend[|, and that made {a.him} {feel a glad}].`,

`birthday a b o:gift f:bake
%openTwo
[It was {b's} birthday|{b} had a birthday], but {b} thought that everyone had forgotten. {b.he} was {feel b sad}.
|[It was {b's} birthday|{b} had a birthday], and {a} wanted to do something nice for {b.him}.
{a} [bought|made] {+o} and [wrapped {o.it} in paper|hid {o.it} in a bag].<has a o>
|In secret, {a} baked a [big|sweet] {f} and got {+o}.<has a o>
{a} [went to {b's} house|knocked at {b's} door]. "Surprise! [Happy birthday|This is for you], {b}!" said {a}.
{a} gave {o} to {b}.<give a b o><own b o> {b} was {feel b surprised} and {feel b glad}.
|{b.his} eyes grew wide. {a} gave {o} to {b}.<give a b o><own b o> {b.he} was {feel b glad}.
?{they} ate [{f}|the whole {f}] and sang songs.
"This is my best birthday," said {b}.
?%endTwo`,

`lie-and-sorry a m:kin o:breakable
%open
{a.his} {m.n} had {+o}.<own m o><has m o> "Please do not touch it," said {m}.
But {a} wanted to play with {o}. When nobody was there, {a} took {o}.<drop m o><has a o> Then {o.it} fell and broke!
"[Who did this|What happened to my {o.n}]?" asked {m}. {a} was {feel a scared}.
"[The wind did it|The cat did it]," said {a}. It was a lie, and {a} felt bad inside.
1 That night, {a.he} could not sleep. In the morning, {a.he} told the truth. "I broke it. I am sorry."
2 {a.he} began to cry. "No, it was me. I am so sorry," said {a}.
{m} was not angry. "Thank you for telling the truth," said {m}[|, and gave {a} a hug].
?Together {they} fixed {o} with glue.
{a} felt {feel a glad}. {a.he} never told a lie again.
|{a.he} learned that it is better to tell the truth.`,

`jealous a b c o:toy p:outside
{+a} and {+b} played together every day.
One day, {a} and {b} were {at p}.<at ab p> {+c} came along with {+o}.<at c p><own c o><has c o>
{b} wanted to play with {c}, so {a} felt {feel a jealous}. {a.he} sat [alone|by a tree] and said nothing.
{c} saw this and gave {o} to {a}, because {a.he} was sad.<give c a o>
"[Play with us|You can go first]," said {c}. "It is more fun with three."
{a} was {feel a surprised}. {a.he} smiled and [stood up|took {o}].
{they} played together [all day|until dark|until it was time to go home].
?"Three friends are better than two," said {b}.`,

`stuck-in-mud a b c p:muddy
%openTwoAt
It had rained, and the path was full of mud. {a} stepped [in|into it] and got stuck!
"Help! I cannot move my feet!" cried {a}. {a.he} was {feel a scared}.
{b} pulled [and pulled|with all {b.his} might], but {a} did not move.
Then {+c} came by.<at c p> {c} [held|took] {b's} hand, and both pulled together.
[Pop!|Plop!] {a} was free, and all three fell down in the mud.
{they} looked at each other and laughed. "[What a mess|How dirty we are]!" said {b}.
?{they} washed in the river until {they} were clean.`,
];
