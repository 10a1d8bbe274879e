/** The pages, in the order of the navigation. All are siblings, so that relative addresses hold below any path prefix. */
export const PAGES = [
  { name: '', title: 'Flow', group: 'pipeline' },
  { name: 'overview', title: 'Overview', group: 'mart' },
  { name: 'campaigns', title: 'Campaigns', group: 'mart' },
  { name: 'campaign', title: 'Campaign', group: 'hidden' },
  { name: 'days', title: 'Days', group: 'mart' },
  { name: 'send-times', title: 'Send times', group: 'mart' },
  { name: 'funnel', title: 'Funnel', group: 'mart' },
  { name: 'deliverability', title: 'Deliverability', group: 'mart' },
  { name: 'triggers', title: 'Triggers', group: 'mart' },
  { name: 'experiments', title: 'Experiments', group: 'mart' },
  { name: 'quality', title: 'Quality', group: 'records' },
  { name: 'quarantine', title: 'Quarantine', group: 'records' },
  { name: 'find', title: 'Find', group: 'records' },
] as const;

export type PageName = (typeof PAGES)[number]['name'];
