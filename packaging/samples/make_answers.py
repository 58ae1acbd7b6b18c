"""Make the sample "Answers": 120 comparisons of two answers to everyday questions, written for this program.

Run: python packaging/samples/make_answers.py
Writes resources/samples/answers.jsonl. Three invented sources give good and poor advice in different shares. What is
preferred follows from the advice, with a tenth of the comparisons decided the other way, as people are not of one mind.
"""

import json
from pathlib import Path

import numpy as np

SEED = 20_261_128
PAIRS = 120
SOURCES = {"aspen": 0.8, "birch": 0.6, "cedar": 0.4}
"""Three sources and how often a piece of their advice is a good one."""
NOISE = 0.1
TABLE = Path(__file__).resolve().parents[2] / "resources" / "samples" / "answers.jsonl"

TOPICS: tuple[tuple[tuple[str, str], str, tuple[tuple[str, str], ...]], ...] = (
    (("My neighbour’s dog barks every night and I have not slept properly for two weeks. What should I do?",
      "The dog next door keeps me awake at night. How do I bring it up?"),
     "Nights without sleep are hard.",
     (("Start with a short, friendly talk: many owners do not know, because the dog only barks when they are out.",
       "You should report it to the noise office right away, since a complaint on file puts pressure on the owner."),
      ("If that changes nothing, note the times for a week and show them the list.",
       "You can also play loud music when the dog barks, so that they notice how thin the walls are."),
      ("Until then, earplugs and a fan may give you some nights back.",
       "If nothing works, think about moving to another flat."))),
    (("How do I keep basil alive on a windowsill?", "My basil plants always die after two weeks. Why?"),
     "Basil is easy once its roots have room.",
     (("Divide the plant into three pots, because shops sow far too many seeds in one.",
       "Buy a bigger one, as the small ones are weak."),
      ("Water it from below when the soil feels dry, and pour away what stands in the saucer.",
       "Water it every hour so that it never feels dry."),
      ("Cut above a pair of leaves, and it will branch instead of growing tall.",
       "Pick the largest leaves at the bottom first, since they are in the way."))),
    (("What is a good way to learn twenty new words a day?", "I forget the words I learn after a day. What helps?"),
     "Words stay when you have to look for them.",
     (("Test yourself from memory instead of reading the list again.",
       "Read the list again and again until you are tired of it."),
      ("Repeat them after a day, after three days and after a week.",
       "Learn all of them on one evening, then you have the week off."),
      ("Put each word into a sentence about your own life.",
       "It does not matter what they mean, as long as you know how they are written."))),
    (("My bicycle squeaks when I brake. Can I fix it myself?", "How do I get rid of squealing bicycle brakes?"),
     "Most squeaking brakes need cleaning, not new parts.",
     (("Wipe the rims with a clean cloth and some alcohol.",
       "Put a little oil on the rims, then it is quiet."),
      ("Set the pads so that their front edge touches first.",
       "Pull the brake as hard as you can a few times, and the noise will wear off."),
      ("If a pad is worn down to its line, replace both.",
       "Brakes are for mechanics; you would only make it worse."))),
    (("How do I ask my boss for a day at home each week?", "I would like to work from home on Fridays. How do I ask?"),
     "It is easier to agree to a trial than to a rule.",
     (("Say what will get better for the team, for example reports that are ready by Friday noon.",
       "Say that everybody else does it, so it is only fair."),
      ("Offer to try it for a month and to look at the result together.",
       "Tell your boss that you will look for another job otherwise."),
      ("Ask in a quiet moment, not at the end of a meeting.",
       "Send a message late at night, so that it is the first thing to be read."))),
    (("What can I cook with rice, two eggs and a carrot?", "There is only rice, eggs and a carrot left. Any ideas?"),
     "That is nearly a dish already.",
     (("Fry the carrot in small cubes first, then the rice, and stir in the eggs at the end.",
       "Boil everything together for an hour."),
      ("Rice from the day before is best, because it is dry.",
       "The rice should be as wet as possible, so that it sticks."),
      ("A spoon of soy sauce or a squeeze of lemon finishes it.",
       "Without meat it will not taste of anything, but you will be full."))),
    (("How do I stop putting off my tax return?", "I keep delaying my tax return. How do I get going?"),
     "The first ten minutes are the worst of it.",
     (("Lay out the papers you have tonight, and do nothing else.",
       "Wait until the last evening, since pressure makes you quick."),
      ("Set a time tomorrow and work on the first page only.",
       "Take a week off for it, otherwise there is no point in starting."),
      ("Write down what is missing and ask for it at once.",
       "Leave out what you do not understand; somebody will call you."))),
    (("What should I pack for three days in the mountains?", "I go hiking for a weekend. What do I take along?"),
     "Weight is what you will feel most.",
     (("Take layers: a shirt that dries quickly, a warm one, and a jacket against rain.",
       "Take your thickest coat, since mountains are cold."),
      ("Plasters, a map and a torch go on top, where you find them in the dark.",
       "A map is not needed, there are signs everywhere."),
      ("Walk with the packed bag for an hour before you leave.",
       "Wear new boots, so that they look good in the pictures."))),
    (("How can I make my home page load faster?", "Our website is slow. Where do I begin?"),
     "Measure before you change anything.",
     (("Look at the largest files first: pictures are often ten times too big.",
       "Buy a faster computer, then pages open sooner."),
      ("Load what is below the first screen later.",
       "Take away all pictures, as nobody looks at them."),
      ("Measure again on a telephone after every change.",
       "If it is fast at your desk, it is fast for all."))),
    (("My friend is always late. How do I tell her that it bothers me?", "How do I tell a friend she is always late?"),
     "Say it once, kindly, and when she is not late.",
     (("Tell her what it does to you: you feel that your time counts less.",
       "Tell her that she is a careless person."),
      ("Ask what would make it easier, and agree on a time that she can keep.",
       "Come an hour late yourself, so that she learns."),
      ("Next time, begin without her after ten minutes, as you said you would.",
       "Stop answering her messages for a while."))),
    (("How do I get red wine out of a white shirt?", "I spilled red wine on my shirt. What now?"),
     "Be quick, and do not rub.",
     (("Press a dry cloth on it, then rinse it with cold water from behind.",
       "Rub it hard with hot water at once."),
      ("Put a paste of soda and water on the rest for half an hour.",
       "Pour white wine over it, that makes it disappear."),
      ("Wash it as usual only when the stain is gone, because heat sets it.",
       "Dry it with a hair dryer to see whether it worked."))),
    (("What is the best way to prepare for a job interview?", "I have an interview on Monday. How do I prepare?"),
     "You know more answers than you think.",
     (("Think of three stories from your work that show what you can do.",
       "Learn the answers of somebody else by heart."),
      ("Read about the company for half an hour and write down two questions.",
       "Do not ask anything, it makes you look unprepared."),
      ("Say your first minute aloud to a friend.",
       "Stay up late to go through everything once more."))),
    (("How do I explain to a child of six why the sky is blue?", "My child asks why the sky is blue. What do I say?"),
     "Begin with something the child has seen.",
     (("Sunlight is made of all colours, like the rainbow.",
       "It has to do with the scattering of electromagnetic waves on molecules."),
      ("The air throws the blue part around more than the others, so it comes from everywhere.",
       "It is blue because the sea is blue."),
      ("In the evening the light has a longer way, and the red is what is left.",
       "You will learn that at school when you are older."))),
    (("How do I save money on heating without freezing?", "Our heating bill is too high. What can we do?"),
     "Small leaks cost more than one degree.",
     (("Feel around the windows for draughts and put a strip into the gaps.",
       "Turn the heating off completely during the day and on full in the evening."),
      ("Open the windows wide for five minutes instead of leaving them ajar for hours.",
       "Never open a window between autumn and spring."),
      ("Keep curtains and sofas away from the radiators.",
       "Put a thick cloth over the radiators to keep the warmth in."))),
    (("My bread never rises. What do I do wrong?", "Why is my bread so flat and heavy?"),
     "Dough needs time more than work.",
     (("Check the yeast in warm water with a little sugar: it should foam after ten minutes.",
       "Use three times as much yeast."),
      ("Let it rise until it has doubled, however long that takes.",
       "Put it in the oven as soon as it is mixed, so that it does not dry."),
      ("Warm, but not hot: yeast dies above fifty degrees.",
       "Mix it with boiling water to wake the yeast."))),
    (("How do I learn to speak in front of people?", "I have to give a talk and I am nervous. What helps?"),
     "Nerves go down when you have begun.",
     (("Know your first two sentences by heart.",
       "Read everything from the slides, then nothing can go wrong."),
      ("Practise on your feet and aloud, once for a friend.",
       "Do not practise, or it will sound practised."),
      ("Look for two friendly faces and speak to them.",
       "Imagine that the audience is against you."))),
    (("What can I do about moths in the kitchen?", "There are small moths in my kitchen. How do I get rid of them?"),
     "Find where they come from, and the rest is easy.",
     (("Go through flour, nuts and cereals, and throw away what has threads in it.",
       "Spray the whole kitchen and leave the food where it is."),
      ("Wash the shelves with vinegar, the corners too.",
       "Put flowers on the table, moths do not like them."),
      ("Keep what is new in jars that close well.",
       "Open all the bags, so that the moths find nothing hidden."))),
    (("How do I choose a laptop for school?", "Which laptop should I buy for my studies?"),
     "Ask first what it has to do every day.",
     (("Look for a battery that lasts a whole day, and a weight that you will carry.",
       "Take the most expensive one that you can pay."),
      ("Sixteen gigabytes of memory will do for years.",
       "The number of lights on the keyboard tells how fast it is."),
      ("Try the keyboard in a shop before you order.",
       "All of them are the same inside, so take the prettiest."))),
    (("How do I make peace with my sister after an argument?", "I had a row with my sister. How do I make up?"),
     "The first step is short.",
     (("Say what you are sorry for, without a but.",
       "Explain to her once more why you were right."),
      ("Ask how she saw it, and let her finish.",
       "Ask your parents to tell her that she should call."),
      ("Suggest something small to do together.",
       "Wait for a year or two, these things pass."))),
    (("What is a simple way to start running?", "I want to start running, but I am out of breath at once."),
     "Go so slowly that you could talk.",
     (("Run one minute and walk two, ten times over.",
       "Run as fast as you can until you cannot go on."),
      ("Three times a week is enough, with a day of rest between.",
       "Run every day, rest is for later."),
      ("Add a little every week, and stop when something hurts.",
       "Pain means that it is working."))),
)  # fmt: skip


def answer(parts: tuple[tuple[str, str], ...], opening: str, good: list[bool]) -> str:
    """The answer that is made of good and poor advice."""
    said = [first if is_good else second for (first, second), is_good in zip(parts, good, strict=True)]
    return f"{opening} {said[0]}\n\n{said[1]}\n\n{said[2]}"


def pairs(seed: int) -> list[dict[str, str]]:
    """All comparisons, in the order they are written."""
    rng = np.random.default_rng(seed)
    names = list(SOURCES)
    found = []
    number = 0
    while len(found) < PAIRS:
        prompts, opening, parts = TOPICS[number % len(TOPICS)]
        prompt = prompts[(number // len(TOPICS)) % 2]
        number += 1
        first, second = rng.choice(names, 2, replace=False)
        good = [[bool(x) for x in rng.random(3) < SOURCES[source]] for source in (first, second)]
        if good[0] == good[1]:
            continue
        texts = [answer(parts, opening, one) for one in good]
        if any(row["prompt"] == prompt and {row["response_a"], row["response_b"]} == set(texts) for row in found):
            continue
        lead = sum(good[0]) - sum(good[1])
        if lead == 0:
            preferred = "both_bad" if sum(good[0]) == 0 else "tie"
        else:
            preferred = "a" if (lead > 0) != (rng.random() < NOISE) else "b"
        found.append(
            {
                "id": f"answers-{len(found) + 1:03d}",
                "prompt": prompt,
                "response_a": texts[0],
                "response_b": texts[1],
                "source_a": str(first),
                "source_b": str(second),
                "preferred": preferred,
            }
        )
    return found


def table(rows: list[dict[str, str]]) -> bytes:
    """The comparisons as JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8")


def main() -> None:
    """Write the table and say what is in it."""
    rows = pairs(SEED)
    TABLE.write_bytes(table(rows))
    counts = {name: sum(row["preferred"] == name for row in rows) for name in ("a", "b", "tie", "both_bad")}
    print(f"{TABLE.name}: {len(rows)} comparisons, {counts}")


if __name__ == "__main__":
    main()
