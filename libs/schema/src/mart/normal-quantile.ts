/** The 97.5th percentile of the standard normal distribution: the half-width of a 95 % interval in standard errors. */
export const Z_95 = 1.959963984540054;
