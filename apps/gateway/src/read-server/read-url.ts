/** The variable that names the readers' server. */
export const READ_URL = 'MART_READ_URL';
