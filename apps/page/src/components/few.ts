/** Rates of fewer messages are grey, with the number of messages and the interval. */
export const FEW = 100;
