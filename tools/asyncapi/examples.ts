/** As the producer writes it. */
export const PRODUCED_RECORD = {
  name: 'asProduced',
  summary: 'As the producer writes it',
  payload: {
    id: '5000001',
    message_id: '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed',
    campaign_id: '64',
    message_type: 'bulk',
    client_id: '1515915625000000042',
    channel: 'email',
    platform: 'smartphone',
    email_provider: 'mail.ru',
    stream: 'ios',
    date: '2021-05-01',
    sent_at: '2021-05-01 10:00:00',
    is_opened: 't',
    opened_first_time_at: '2021-05-01 10:05:00',
    opened_last_time_at: '2021-05-02 11:00:00',
    is_clicked: 'f',
    is_unsubscribed: 'f',
    is_hard_bounced: 'f',
    is_soft_bounced: 'f',
    is_complained: 'f',
    is_blocked: 'f',
    is_purchased: 'f',
    created_at: '2023-04-27 08:15:30.25',
    updated_at: '2023-04-28 09:00:00.123456',
  },
};

/** Other forms that consumers accept. Missing `date` and flags are filled in, which counts as repairs. */
export const LOOSE_RECORD = {
  name: 'accepted',
  summary:
    'Numbers, booleans, null, blanks, upper case and ISO times are accepted as well; missing flags and `date` are filled in',
  payload: {
    id: 5000002,
    message_id: ' 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed ',
    campaign_id: null,
    message_type: 'Trigger',
    client_id: '+1515915625000000042',
    channel: 'SMS',
    category: '',
    sent_at: '2021-05-01T10:00:00Z',
    is_opened: true,
    is_clicked: 0,
    is_purchased: 'FALSE',
    created_at: '2021-05-01T10:00:00.5Z',
    updated_at: '2021-05-01 10:00:01',
  },
};

export const UNPARSABLE_LINE = {
  name: 'unparsableLine',
  summary: 'A quote that is never closed',
  headers: {
    'csv-error': 'an unclosed quote',
    'csv-file': 'messages.csv',
    'csv-line': '17',
  },
  payload: '5000001,"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed,64,bulk',
};
