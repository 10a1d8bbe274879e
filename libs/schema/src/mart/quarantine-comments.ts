/** Comments on the schema `quarantine`, by object as named in COMMENT ON. */
export const QUARANTINE_COMMENTS: Readonly<Record<string, string>> = {
  'SCHEMA quarantine': 'Changes the state of quarantined records. Use npm run quarantine',
  'FUNCTION quarantine.id_of': 'The id in a header; null if the header holds none',
  'FUNCTION quarantine.count_failed_attempt':
    'Counts a record that was sent again and rejected as an attempt of its entry, instead of storing a second entry',
  'FUNCTION quarantine.delete_attempts': 'Deletes the attempts of deleted entries',
  'FUNCTION quarantine.settle':
    'Closes the entries of clean records that were sent again. Engines call it in the transaction that writes the rows, after them',
  'FUNCTION quarantine.set_state':
    'Discards open and parked entries, or opens discarded and parked ones again; returns how many',
};
