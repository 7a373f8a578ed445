/** Plots about making, learning, family and small wonders. The notation is described in ../plotScript.ts. */
export const HOME_PLOTS: readonly string[] = [
`bake a m:kin f:bake
%open
{a.he} wanted to bake a {f} for {a.his} {m.n}. [{a.he} took flour, eggs, and milk|{a.he} put flour, eggs, and milk in a big bowl].
1 But {a} forgot the sugar! {m} took a bite and made a funny face.
1 "Is it good?" asked {a}. "It is the best salty {f} in the world," said {m}, and both laughed.
1 The next day, {they} baked a new one together. This time, it was sweet.
2 But the {f} was too long in the oven, and it turned black. {a} was {feel a sad}.
2 "[We can try again|Never mind]," said {m}. "Everybody learns by baking."
2 {they} tried again, and the second {f} was [perfect|golden and soft].
3 Soon the whole house smelled [sweet|good]. {m} came in. "What is that lovely smell?" asked {m}.
3 "It is a surprise for you," said {a}. {m} was {feel m glad} and ate two big pieces.
?{a} felt {feel a proud}.
?{a} washed the bowl, too.`,

`garden a b f:crop q:garden
%openTwo
In the spring, {they} [planted|put] some seeds {at q}.<at ab q>
Every day, {a} gave the seeds some water, [and|but] nothing grew. "Maybe the seeds are asleep," said {b}. "Let us wait," said {a}.
|{a} went to look every morning. "Why is nothing there?" asked {a}. "[Wait a little|Be patient]," said {b}.
[Then it rained, and then the sun came out|A week went by, and then another]. One morning, there were little green leaves!
In the summer, the garden was full of {f}. {they} were {feel ab proud}.
?{a} gave some of the {f} to everyone in the village.
?"Good things take time," said {b}.`,

`teaching a b k:skill p:open
%open
{a.he} could not {k}. All the others could {k}, and {a} was {feel a sad} about it.
One day, {a} went {to p} and met {+b}.<at ab p> "Can you teach me how to {k}?" asked {a}.
|{+b} saw {a} alone {at p}.<at ab p> "I can {k}," said {b}. "Shall I teach you?" {a} nodded.
1 "It is easy," said {b}. But it was not easy at all! {a} tried [and tried|ten times], and it went wrong every time.
1 "[Do not give up|Try once more]," said {b}. So {a} tried again, [slowly and carefully|and this time it was better].
2 {b} showed {a} what to do, step by step. Every day, {they} met and practised.
2 At first {a} was slow. After a week, {a.he} was much better.
[One day|At last], {a} could {k}! "Look at me!" cried {a}. {a.he} was {feel a proud}.
{b} [clapped|cheered]. "I knew that you could do it," said {b}.
?%endFriends`,

`baby-animal a y:baby m:parent p:wild
%openAt
There {a.he} [found|saw] a baby {y} on the ground. It was [small and weak|cold and hungry].
{a} [put the {y} in a warm box|took it home in both hands]. {a.he} asked {m}, "Can I keep it?"
1 "It needs its own mother," said {m}. "But you can help it until it is strong."
1 {a} gave it food and water every day. Soon the {y} was big and strong.
1 One morning, {a} let it go. {a.he} was a little sad, but also {feel a proud}.
2 "Listen," said {m}. "Somebody is calling it." So {they} went back to look.
2 And there was the whole family, so happy to see the little {y} again.
?In the spring, the {y} came back to say hello.`,

`giant-crop a b c g:giant q:garden
%open
{a.he} planted a {g} {at q}.<at a q> It grew and grew until it was as big as a [house|horse|cart].
One day, {a} wanted to pull it out. {a.he} pulled and pulled, but the {g} did not move.
"Please help me!" called {a}. {+b} came and pulled too, but the {g} did not move.<at b q>
|{a} called {+b}.<at b q> Both pulled as hard as possible, but the {g} did not move.
Then {+c} came.<at c q> "I am not strong," said {c}, "but I can try."
|"I can help too," said a small voice. It was {+c}.<at c q>
"One, two, three!" called {a}. All three pulled together, and [pop|hop]! Out came the {g}.
[That evening|In the evening], {they} ate {g} soup, {g} bread, and {g} pie.
?"We could not have done it without you," said {b} to {c}. {c} was {feel c proud}.`,

`market a m:parent o:gift p:market u:coin
%open
{m} gave {a} {+u}.<has m u><give m a u> "[Buy some bread|Get a fish for supper]," said {m}.
{a} went {to p}.<at a p> There {a.he} saw {+o}. [It was so beautiful|{a.he} wanted it very much]!
1 {a} thought about it for a long time. But then {a.he} thought of {m} and did the right thing.
1 {m} was {feel m proud}. "You are a big help," said {m}.
1 ?The next week, {m} gave {o} to {a}.<has m o><give m a o>
2 {a} spent the {u.n} and came home with {o} and no supper.<drop a u><has a o> "Oh no! What will we eat now?" asked {m}.
2 {a} felt {feel a sorry}. The next day, {a.he} took {o} back to the market and came home with the food.<drop a o>
2 "I am proud of you," said {m}.
?{they} ate supper together, and it was very good.`,

`star-wish a b
%openTwo
One night, {they} sat on the roof and looked at the sky. A star fell!
"Quick, make a wish!" said {a}. {b} closed {b.his} eyes.
"What did you wish for?" asked {a}. "It is a secret," said {b}.
1 The next morning, {b} had to go away for the whole summer. {a} was {feel a lonely}.
1 But every night, {a.he} looked up at the same star. At the end of the summer, {b} came back.
1 "My wish came true," said {b}. "I wished to see you again."
2 "I wished for [a little brother|a big adventure|snow]," said {a}. "But now I have told you, and it will not come true."
2 In the morning, {a} woke up and looked out of the window. {a.he} was {feel a surprised}. It had come true!
3 {b} was quiet for a while. "I wished that we will always be friends," said {b}.
3 "Silly," said {a}. "You did not need a star for that."`,

`song a b d:day p:open
%open
{a.he} loved to sing, but {a.he} was too shy to sing when others could hear {a.him}.
One [day|morning], {a} was singing softly {at p}.<at a p> {+b} came by and stopped to listen.<at b p>
"That was beautiful!" said {b}. {a} was {feel a surprised} and [turned red|hid {a.his} face].
"On {d}, there is a party," said {b}. "Please sing for us. I will stand next to you."
On {d}, {a's} knees shook. {a.he} looked at {b}, and {b} smiled.
|When the day came, {a} was {feel a scared}. But {b} held {a's} hand.
So {a} began to sing, [first softly, then louder and louder|and soon the fear was gone]. Everyone clapped.
{a} felt {feel a proud}. "[I was brave because you were there|You helped me to be brave]," {a.he} said to {b}.
?%endFriends`,

`painting a b o:small
%openTwo
One rainy day, {they} stayed inside to paint. {a} painted {b}, and {b} painted [a house|a ship|the sea].
1 {a} made {b's} nose too big. {b} looked at it and was {feel b angry}.
1 "I do not look like that!" said {b}. {a} felt {feel a sorry}. Then {a} painted {a.his} own nose, and made it even bigger.
1 {b} had to laugh. {they} put both pictures on the wall.
2 Then {b} knocked over the water, and it ran all over {a's} picture. "I am so sorry!" said {b}.
2 {a} was {feel a sad}. But then {a.he} looked again. The colours had made a beautiful sky!
2 "It is better now," said {a}. {they} put the picture on the wall.
?Everyone who came to visit liked the pictures.`,

`letter a m:old u:coin
%open
{a's} {m.n} lived far away, and {a} missed {m.him}. [So|One day], {a.he} wrote a letter.
It said, "[I miss you|I think of you every day]. [Please come soon.|When will you come?]" {a} drew a heart on it.
{a} [waited for three days|looked in the box every morning], but no letter came. {a.he} was {feel a sad}.
1 Then, on Sunday, there was a knock at the door. It was {m}!
1 "I got your letter," said {m}. "So I packed my bag at once." {a} was {feel a glad} and gave {m} a big hug.
2 At last, {a} got a letter with {+u} in it.<has a u> "This will bring you luck until I come," it said.
2 {a} was {feel a glad}. {a.he} slept with {u} in {a.his} hand.`,

`bedtime-story m:parent a y:baby
It was late, but {+a} was not [tired|sleepy] at all.
"[Tell me a story|One more story], please," said {a}. {m} sat down on the bed.
"Once there was a little {y} that did not want to sleep," {m.he} began.
|"Once there was a {y} that lived on the moon," said {m}.
"[It jumped and danced|It sang and it played] until all the stars were asleep. Then it was all alone."
"Was it sad?" asked {a}. "A little," said {m}. "So it closed its eyes, too."
1 {a} wanted to hear more, but {a.his} eyes were heavy. Soon {a.he} was asleep.
2 {a} looked at {m}. The story was over, but it was {m} who had fallen asleep!
2 {a} laughed and put a blanket over {m.him}.
?The moon shone in at the window.`,

`greedy a b u:small p:wild
%openAt
{a.he} [found|picked up] {+u}.<has a u><own a u> "I am a magic {u.n}," said a voice. "You have [three|two] wishes."
First {a} wished for [a big cake|a mountain of cakes]. Then {a.he} wanted even more. "I wish that everything I touch will be cake!"
[Soon|In no time], the grass was cake, the trees were cake, and {a} was not hungry any more. {a.he} was {feel a worried}.
Then {+b} came.<at b p> "[What have you done?|Oh dear!]" said {b}. "Give me the {u.n}!"
{a} gave {u} to {b}.<give a b u><own b u> {b} made a wish, and all was [as before|well again].
"[Enough is better than too much|You cannot play with cake]," said {b}. {a} agreed.
?{they} put {u} back where {a} had found it.
?%endFriends`,

`first-school-day a b p:school
{+a} was {feel a worried}. It was the first day of school, and {a.he} did not know anyone.
{a} went {to p} with a heavy heart.<at a p> {a.he} thought, "What if nobody likes me?"
In the classroom, {a} sat down next to {+b}.<at b p> "[Hello|Good morning]," said {b}. "I am new here, too."
1 {b} had forgotten the pencils, so {a} shared.
1 {they} drew a [ship|dragon|horse] with [six|ten] legs, and the teacher laughed.
2 At noon, {a} saw that {b} had no lunch. {a} gave half of the bread to {b}.
2 "Tomorrow, I will share with you," said {b}.
In the evening, {a} came home with a smile. {a.he} [could not wait for the next day|told everyone about {b}].`,

`tidy-up a m:parent o:toy s:nook
%open
{a.his} room was full of toys. There were toys on the bed, on the floor, and on every chair.
"[Please tidy up|Please put your things away]," said {m}. "Later," said {a}, and went on playing.
Then {a} wanted to play with {a.his} {o.np}, but {a.he} could not find {o.it}.<own a o>
{a.he} looked [high and low|everywhere] and was {feel a angry}.
1 So {a} began to tidy up. {a.he} put the books on the shelf and the blocks in the box.
1 And there was {o}, {at s}!<at o s> {a} picked {o.it} up and was {feel a glad}.<has a o>
2 "I will help you look," said {m}. {they} put all the things away together.
2 {m} found {o} {at s} and gave {o.it} to {a}.<has m o><give m a o> {a} was {feel a glad}.
?"It is nice to have a tidy room," said {a}.
?Now {a} puts everything away each night.`,

`fireflies a b p:pond
One warm night, {+a} and {+b} went {to p}.<at ab p> Little lights were dancing over the grass.
"The stars have come down!" said {b}. "[Those are fireflies|No, those are fireflies]," said {a}.
{a} caught one in a jar, and the little light went on and off[| like a lamp].
1 But after a while, the light grew weak. "It wants to go home," said {b}.
1 {a} was {feel a sorry} and opened the jar. Up it flew, and it shone more brightly than before.
2 "Can we keep it?" asked {b}. "[Only for a moment|No, it has a family]," said {a}.
2 {they} looked at it once more, and then {a} let it go.
{they} lay in the grass and watched the lights until {they} were {feel ab tired}.`,

`goodbye a b o:small
%openTwo
One day, {b} said, "My family will move to a house by the sea." {a} was {feel a sad}.
{they} sat together and did not know what to say.
Then {a} went to get {+o}.<has a o><own a o> "Take this," said {a}. "When you look at it, you will think of me."
{a} gave {o} to {b}.<give a b o><own b o> {b} held {o.it} tight and began to cry.
1 In the summer, {a} got a letter. "Come and visit me by the sea," it said.
1 {a} packed a bag and went. {b} was waiting at the gate with {o}!
2 Every week, {they} wrote letters. {a} told {b} about the village, and {b} told {a} about the sea.
2 {they} were still friends, near or far.
?{a} was {feel a glad} again.`,

`winter-food a:animal b:animal f:fruit p:forest
%openTwo
All summer, {a} gathered {f} for the winter[, day after day|]. But {b} only played and slept in the sun.
"Winter will come," said {a}. "There is a lot of time," said {b}.
Then the snow fell. {b} had nothing to eat and was {feel b hungry} and {feel b cold}.
{b} knocked at {a's} door. "May I come in?" asked {b} [in a small voice|softly].
1 {a} was {feel a angry}. But it was so cold outside that {a.he} opened the door.
2 "Come in quickly," said {a}. "The soup is hot."
{a} shared the {f} with {b}. "Next summer, I will help you," said {b}.
And in the summer, {b} kept the promise. {they} gathered {f} together, and then {they} played.`,

`echo a b p:hill
%openAt
"Hello!" called {a}. "Hello!" said a voice from far away.
"Who are you?" asked {a}. "Who are you?" said the voice. {a} was {feel a angry}. "Go away!" shouted {a}. "Go away!" said the voice.
{+b} heard this and laughed.<at b p> "That is only the echo," said {b}. "It says what you say."
|{a} ran down the hill and told {+b} about it. "Go back and say something nice," said {b}.
So {a} called, "Let us be friends!" And the echo said, "Let us be friends!"
|So {a} called, "You are nice!" And the echo said, "You are nice!"
{a} was {feel a surprised} and {feel a glad}. "When I am kind, the hill is kind, too," {a.he} said.
?%endFriends`,

`locked-out a b u:key s:spot
%open
{a.he} had {+u}.<own a u><has a u> It opened the door of {a's} house.
One evening, {a} came home, but {u} was gone!<drop a u> {a.he} was {feel a worried}. [It was getting dark|It was very cold].
Just then, {+b} came by. "Where were you today?" asked {b}. {a} [thought hard|tried to remember].
1 "I took a nap {at s}," said {a}. {they} went back to look. There was {u}, {to s}!<at u s>
1 {a} [picked {u.it} up and put {u.it} on a string|tied {u} to a string], so that it could not get lost again.<has a u>
2 "I can climb in at the window," said {b}. {b} was small and quick, and soon the door was open.
2 {a} went in and found {u} on the table!<has a u> Both had to laugh.
?%endFriends`,

`rainbow a m:kin p:hill
After the rain, {+a} saw a rainbow. {a.he} asked {m}, "Where does it end?"
"Nobody knows," said {m}. So {a} [put on {a.his} boots|took {a.his} bag] and went to find out.
{a} walked {to p}, but the rainbow was still far away.<at a p> {a.he} walked on and on, and then the rainbow was gone.
{a} came home with wet feet and was {feel a sad}. "I did not find the end," {a.he} said.
1 "Look at the puddle," said {m}. In the water, there were all the colours: red, yellow, green, and blue.
1 {a} laughed. The end of the rainbow had been at home!
2 "But you saw more of it than I did," said {m}. "Tell me about it."
2 So {a} told {m.him} about the colours, and soon {a} was {feel a glad} again.`,

`bee-honey a b p:meadow
{+a} loved honey more than anything. One day, {a.he} found a bee nest {at p}.<at a p>
"Be careful," said {+b}.<at b p> "[You must ask first|Bees do not like thieves]."
1 But {a} did not listen and reached in. Buzz! The bees came out, and {a} ran away as fast as possible.
1 {a} jumped into a pond and sat there until the bees were gone. {a.he} was wet and {feel a sorry}.
1 Then {b} came with a big jar of honey. "I asked the bees," said {b}. "You can have half."
2 So {a} said, "Dear bees, may I have some honey?" The bees hummed. Then a big drop of honey fell down.
2 {a} was {feel a surprised}. "Thank you, bees!" said {a}.
?The next day, {a} planted flowers for the bees.`,

`shadow a b p:open
%openAt
{a.he} turned around and saw a dark shape. It moved when {a} moved. {a.he} was {feel a scared}.
{a} ran, and it ran too. {a} stopped, and it stopped too. "Go away!" cried {a}.
{+b} saw this and [laughed|smiled].<at b p> "That is only your shadow," said {b}. "Look, I have one, too."
1 {b} lifted both arms, and there was a bird on the grass. {a} tried it and made a [rabbit|dog|goose].
2 "It is a friend that never goes away," said {b}. {a} waved, and the shadow waved back.
?Then a cloud came, and both shadows were gone. "Good night, shadow," said {a}.
?%endFriends`,

`lantern m:old a o:lamp p:forest
%open
One evening, {m} had not come home. It was [dark|cold] outside, and {a} was {feel a worried}.
{a.he} took {+o} and went {to p}.<has a o><at a p> The light made a small circle on the path.
"[Where are you|Can you hear me]?" called {a}. At first there was no answer.
Then {a} heard a voice. {m} had hurt a foot and could not walk in the dark.<at m p>
{a} gave {o} to {m} and [cut a stick to lean on|took the other arm].<give a m o> {they} went home very slowly.
"Your light was like a star," said {m}. {a} was {feel a proud}.
?{they} drank tea by the fire.`,

`stone-soup a b c f:vegetable
{+a} came to a village and was {feel a hungry}. But nobody had much food, and nobody wanted to share.
So {a} put a pot of water on a fire and threw in a stone. "What are you making?" asked {+b}.
"Stone soup," said {a}. "It is good, but with some {f} it would be better." {b} ran to get some {f}.
Then {+c} came. "[It smells good," said {c}|What is in the pot?" asked {c}]. "A little salt would help," said {a}, and {c} brought some.
|Then {+c} brought some salt and a bit of butter.
Soon the soup was ready, and there was enough for all. {they} ate until the pot was empty.
"And all that from a stone!" said {b}. {a} [smiled|only laughed].`,

`loud-drum a b o:drum m:kin
%open
{a.he} had {+o}.<own a o><has a o> Boom, boom, boom! {a.he} played all day long.
"[Please stop|That is too loud]," said {m}. "I am trying to [sleep|read]." So {a} went outside.
{+b} was {feel b sad} because {b.he} could not fall asleep in the sun. "[Not here|Please go away]," said {b}.
{a} was {feel a lonely}. Nobody liked the {o.n}.
Then one night, a thick [fog|cloud] came, and {b} could not find the way home.
{a} heard about it and beat {o}. Boom, boom, boom! {b} followed the sound and came home.
"Your {o.n} saved me!" said {b}. Now {b} was {feel b glad} to hear it[|, but not at night].`,
];
