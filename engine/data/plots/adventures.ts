/** Plots about going out: games, treasure, weather and getting lost. The notation is described in ../plotScript.ts. */
export const ADVENTURE_PLOTS: readonly string[] = [
`rain a b o:warm p:open
%openTwoAt
[Soon|Suddenly|Then] the sky grew dark, and it began to rain.
1 {b} had no coat and was {feel b cold}. {a} had {+o}.<own a o><has a o> {a.he} gave {o} to {b}.<give a b o>
1 "Now you are warm," said {a}. "Run!" {they} ran home together.
2 "[Quick, under that tree|Let us hide under the tree]!" said {a}. {they} ran and sat close together.
2 {they} told stories until the rain stopped. Then there was a rainbow in the sky.
3 "Oh no! [Our day is gone|Now we are all wet]," said {b}. But {a} [jumped into a puddle|began to dance].
3 Splash! {b} laughed and jumped too. {they} [danced|played] in the rain until {they} were wet all over.
?At home, {they} drank hot milk by the fire.
?"I like the rain now," said {b}.`,

`race a b p:open
%openTwoAt
"I am [faster than you|the fastest of all]," said {a}. "Let us have a race to the big tree!"
{b} said yes[|, but {b.he} was {feel b worried}]. "One, two, three, go!"
1 {a} ran so fast that {a.he} did not look at the path. {a.he} fell over a stone.
1 {b} could have won, but {b.he} stopped and helped {a} up. "[Are you hurt|Does it hurt]?" asked {b}.
1 {they} walked to the tree hand in hand. "We both win," said {a}.
2 {a} was far ahead, so {a.he} stopped and took a nap under a bush.
2 {b} was slow, but {b.he} went on and on. {b} won the race!
2 {a} was {feel a surprised}. "You did well," said {a}. "I will not sleep next time."
3 {they} ran side by side. First {a} was ahead, and then {b} was ahead.
3 {b} reached the tree first and was {feel b proud}. "Well done!" said {a}.
?%endGo`,

`hide-and-seek a b s:spot t:spot p:park
%openTwoAt
{they} wanted to play hide and seek. {a} closed {a.his} eyes and counted to ten.
{b} hid {at s}.<at b s>
1 {a} looked {at t}, but {b} was not there. Then {a.he} looked {to s}.
1 "I found you!" said {a}. {b} [laughed|giggled] and came out.
2 {a} looked and looked. {a.he} looked {at t}. Where was {b}?
2 Then {a} heard a [sneeze|giggle]. It came from the {s.n}. "There you are!" [said|called] {a}.
3 {b} waited for a long time. It was so quiet that {b.he} fell asleep.
3 When {a} looked {to s}, {a.he} heard a little snore. {a} laughed and woke {b} up.
?"You are good at hiding," said {a}.
"Now it is [your|my] turn!" said {b}.
{they} played until [it was time for supper|the moon came out].`,

`kite a b o:kite p:open
[One windy day,|It was a windy day, and] {+a} went {to p} with {+o}.<at a p><own a o><has a o>
The wind pulled hard[|, and the string was thin]. Snap! The string broke, and {o} flew into a tall tree.<drop a o>
{a} was {feel a sad}. The tree was too [high|tall] for {a.him}.
Then {+b} came along.<at b p> "[Do not cry|I can help you]," said {b}.
1 {b} helped {a}, because {a.he} could not climb. Branch by branch, {b} went up and got {o}.<has b o>
1 {b} came down and gave {o} to {a}.<give b a o>
2 {b} stood on {a's} back, but {b.he} was still too small. So {they} shook the tree together.
2 {o} fell down, right into {a's} arms!<has a o>
"Thank you, {b}!" said {a}. {a.he} was {feel a glad}.
?{they} tied a new string to {o} and flew {o.it} high up in the sky.
?%endFriends`,

`treasure a b o:box u:small p:wild
%openTwo
One day, {a} found an old map [in a book|behind a picture|in a bottle]. "It shows a treasure!" said {a}.
{they} [walked|followed the map] {to p} and began to dig.<at ab p>
{they} dug [and dug|a deep hole|all morning]. At last, {they} found {+o} in the ground.<at o p>
{a} opened {o} with great care. Inside, {a} found {+u}!<has a u>
1 "It is [lovely|pretty]," said {b}. {a} smiled and gave {u} to {b}.<give a b u><own b u> {a} kept {o}.<has a o><own a o>
2 There was also a letter. It said, "The real treasure is a good friend."
2 {a} looked at {b} and smiled. "Then we already had a treasure," said {a}.
?{they} were {feel ab excited}.
%endTwo`,

`river-crossing a b f:fruit p:river
%openTwoAt
{they} wanted to pick {f} on the other side, but the water was deep[| and cold].
"I cannot swim," said {b}. {b.he} was {feel b scared}.
1 {a} thought for a while. Then {a.he} pushed a long log over the water. "Now we have a bridge!"
1 {they} walked over the log, step by step. "Do not look down," said {a}.
2 "Climb on my back," said {a}. {a} swam slowly, and {b} held on [tight|with both arms].
3 {they} found some big stones and threw one after the other into the river.
3 Then {they} jumped from stone to stone. [Hop, hop, hop!|It was fun!]
[Soon|At last], {they} were on the other side. {b} was {feel b proud}.
?{they} ate {f} until {they} could eat no more.`,

`dark-fear a m:parent
%open
{a.he} was {feel a scared} of the dark. Every night, {a.he} saw [shadows|strange shapes] on the wall.
"[There is a monster in my room|Something is moving]!" cried {a}. {m} came at once[| with a lamp].
1 {m} turned on the light. The monster was only a [coat|chair|curtain]!
1 "Look again when you are afraid," said {m}. "In the light, there are no monsters."
2 {m} opened the window. "Look at the stars," said {m}. "A star only shines when it is dark."
2 {a} looked up. The sky was full of little lights.
3 {m} sat on the bed and sang a [soft|quiet] song.
{a} felt {feel a calm}. [Soon|In a little while], {a.he} was fast asleep.
?After that, {a} was not afraid of the dark any more.`,

`lost-in-forest a b p:forest
%open
One day, {a} went {to p} and walked too far.<at a p> [Soon all the trees looked the same|{a.he} could not find the way home].
It was getting dark, and {a} was {feel a scared}.
Then {a.he} heard a voice. "[Hello!|Who is there?]" It was {+b}.<at b p>
"I am lost," said {a}. "[I want to go home.|Can you help me?]"
1 "I know every tree here," said {b}. "[Follow me|Come with me]!" {b} showed {a} the way.
2 "[I am lost too|So am I]," said {b}. "But two are braver than one." {they} held hands and walked.
2 {they} saw a star and followed it. At last, {they} saw a light. It was {a's} house!
?At home, there was hot soup for {them}.
?{a} was {feel a glad} to be home.
?%endFriends`,

`sand-castle a b p:beach
%openTwoAt
{they} built a big castle of sand. It had [four towers|a tall tower] and a [deep moat|little gate].
{a} put [a shell|a feather|a flag] on top. "It is the best castle in the world," said {b}.
1 Then a big wave came. Splash! The castle was gone, and {b} was {feel b sad}.
1 "[Do not be sad|Never mind]," said {a}. "We can build a new one, and it will be even bigger."
1 So {they} began again, a little farther from the water.
2 A small crab came and walked right in. "Look, a king has come to live in our castle!" said {a}.
2 {they} laughed and gave the crab a crown of [grass|leaves].
{they} played until the sun went down over the sea.`,

`stuck-in-tree a b p:garden
%openAt
{a.he} climbed up a tall tree to see [the hills|a nest|far away]. But then {a.he} looked down and was {feel a scared}.
"Help! I cannot get down!" [cried|called] {a}.
{+b} heard this and came running.<at b p>
1 {b} [found|brought] a ladder and put it against the tree. "Come down slowly. I am holding it," said {b}.
2 "Put your foot on the big branch," said {b}. "Now the next one. You can do it!"
Step by step, {a} came down. At last, {a.he} stood on the ground.
{a} was {feel a glad}.
%thanks
?"Next time, I will [climb a smaller tree|look down sooner]," said {a}.`,

`boat-trip a b o:boat p:lake
{+a} had {+o}.<own a o><has a o> One day, {a} and {+b} went {to p}.<at ab p>
{they} sat in {o} and sailed far out. [The sun was warm|The water was blue and still].
[Suddenly|Then] the wind grew strong, and the [waves|water] came over the side. {b} was {feel b scared}.
"[Hold on|Be brave]!" said {a}. "You take the bucket, and I will row."
{b} threw out the water, and {a} rowed and rowed. [At last|Soon], {they} were back on land.
"We did it together," said {b}.
?%endGo`,

`night-noise a b n:noise
%openTwo
One night, {b} stayed at {a's} house. {they} were in bed when {they} heard a {n} sound.
"What is that?" asked {b}. {b.he} was {feel b scared} and hid under the blanket.
{a} was scared too, but {a.he} took a lamp and went to look.
1 At the window sat a little cat. It was wet and cold.
1 {they} let the cat in and gave it some milk.
2 It was only a branch at the window! The wind was moving it.
2 "Silly tree," said {a}. {b} came out and laughed.
Then {they} went back to bed. [Soon {they} were asleep|It was quiet again].`,

`storm a m:kin b
%open
One night, there was a [big|great|terrible] storm. The wind blew, and the rain hit the windows.
[The thunder went boom|The thunder was so loud]! {a} was {feel a scared} and ran to {m}.
1 "It is only a noise," said {m}. "[Count with me|Let us count together]. One, two, three, four."
1 {a} counted and counted. Soon the storm was far away.
2 "The clouds are playing the drums," said {m}. "Let us play too!"
2 {a} played on a pot with a spoon until the storm was over.
?In the morning, the [sun was shining|air was fresh and clean], and the grass was full of drops.
{a} was not scared any more. {a.he} felt {feel a proud}.`,

`snowman a b o:clothes p:garden
In the night, it had snowed. {+a} and {+b} ran {to p}.<at ab p>
{they} made a big snowman. It had a carrot for a nose and two [stones|buttons|nuts] for eyes.
"It looks cold," said {b}. {b.he} had {+o}.<own b o><has b o> {b.he} put {o} on the snowman.<put b o p>
|"Something is missing," said {a}. {a.he} went in and got {+o} for the snowman.<has a o><put a o p>
{they} danced around it and [sang a song|threw snowballs].
1 In the spring, the sun was warm, and the snowman was gone. Only {o} was left.
1 {they} were a little sad. "It will come back next winter," said {a}.
2 When {they} were cold, {they} went in and drank hot milk.
2 From the window, {they} could see the snowman. It seemed to smile.`,

`picnic a b f:bake p:open c:creature
%openTwo
One fine day, {they} went {to p} for a picnic.<at ab p> {a} brought a {f}, and {b} brought some milk.
{they} [put a blanket on the ground|sat down in the sun].
1 But then the ants came! One, two, ten, a hundred ants walked over the {f}.
1 {b} was {feel b angry}. But {a} laughed. "Ants get hungry too," said {a}.
1 {they} gave the ants a small piece and ate the rest.
2 A little {c} came and sat on {b's} nose. {b} did not dare to move.
2 "It likes you," said {a}. Then the {c} flew away. {they} laughed so much that {they} forgot to eat.
3 But {a} fell, and all the food rolled down into the mud! {a.he} was {feel a sorry}. "Look," said {b}. "There are berries in the bushes!"
3 {they} picked berries and had the best picnic ever.
?%endGo`,
];
