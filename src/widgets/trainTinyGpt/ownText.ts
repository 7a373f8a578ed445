/** What the figure trains on when the reader has pasted nothing: a page written for this book. */
export const ownText = `The lighthouse keeper counts the waves.
One wave for the moon, one wave for the stone, one wave for the boat that comes home late.
Every evening the keeper climbs the stair. Every evening the keeper lights the lamp.
The lamp turns, and the light goes over the water, and the water gives it back.
A small boat comes out of the dark. The keeper sees the boat. The boat sees the light.
Between the boat and the light there is only water, and the water is never still.
"Who is there?" calls the keeper. "Only the wind," says the wind. "Only the sea," says the sea.
The keeper laughs and counts the waves again.
In the morning the lamp is dark and the sea is bright.
The keeper goes down the stair, one step for the moon, one step for the stone, one step for the boat that came home.
At noon the gulls come for bread. One gull is grey, one gull is white, and one gull is always late.
The keeper keeps a piece of bread for the gull that is always late.
Then the evening comes over the water.
The keeper climbs the stair, and the keeper lights the lamp, and the light goes over the water, and the water gives it back.
So the days go round as the lamp goes round. One day for the moon, one day for the stone, one day for the boat.
And the keeper counts the waves, and the waves are never done.
When the fog comes, the light goes only a little way. Then the keeper rings the bell.
One ring for the moon, one ring for the stone, one ring for the boat that comes home late.
"Who is there?" calls the boat. "Only the bell," says the bell. "Only the light," says the light.
And the boat comes home, and the water is almost still.`;
