// What raters are told, in the words of the method's three answers.

/** The guideline of a project that has none yet. */
export const GUIDELINE = `Look at the prompt, then at the picture.
Good: the picture shows everything that the prompt says: the number, the color, the animal and the place that it names.
Bad: at least one of them is clearly another. What the prompt leaves open may be anything.
Skip: you cannot tell what the picture shows.`;
