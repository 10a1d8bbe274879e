import type { Figure, MetricDefinition } from './metric-definition.js';

const PAGES = {
  brazeEmail:
    'Email analytics glossary, https://www.braze.com/docs/user_guide/channels/email/reporting/analytics_glossary/',
  brazeReports: 'Report metrics glossary, https://www.braze.com/docs/user_guide/data/report_metrics',
  iterable: 'Metric Definitions, https://support.iterable.com/hc/en-us/articles/213805923-Metric-Definitions',
  klaviyoRates:
    'Klaviyo Community, answer of the staff, https://community.klaviyo.com/analytics-and-deliverability-72/how-are-open-rates-and-click-through-rates-measured-184',
  klaviyoCampaigns:
    'Understanding available campaign analytics, https://help.klaviyo.com/hc/en-us/articles/115005258568',
  klaviyoUnsubscribes: 'Understanding email unsubscribe rates, https://help.klaviyo.com/hc/en-us/articles/360057471831',
  klaviyoComplaints: 'Spam complaint rates, https://help.klaviyo.com/hc/en-us/articles/360057985791',
  klaviyoBounces: 'What is a bounce rate?, https://klaviyo.com/glossary/what-is-a-bounce-rate',
  klaviyoOpens:
    'Understanding unique vs. total opens and clicks, https://help.klaviyo.com/hc/en-us/articles/115005085427',
  mailchimpMetrics: 'All the Custom Report Metrics, https://mailchimp.com/help/custom-report-metrics/',
  mailchimpReports: 'About Email Campaign Reports, https://mailchimp.com/help/about-email-campaign-reports/',
  mailchimpAttribution: 'About Mailchimp Attribution, https://mailchimp.com/help/about-mailchimp-attribution',
  mailchimpOpens:
    'About Apple Mail Privacy Protection (MPP), https://quickbooks.intuit.com/learn-support/en-us/help-article/other-articles/apple-mail-privacy-protection-mpp/L9HxARfjA_US_en_US',
  customerIoStatuses: 'Message Statuses, https://docs.customer.io/journeys/message-statuses',
  customerIoMetrics: 'Metrics, https://customer.io/docs/metrics',
  customerIoConversions: 'Conversion goals and exit criteria, https://docs.customer.io/journeys/campaign-conversions',
} as const;

const NO_FORMULA = 'The formula was not found in the public documentation';
const BY_RULE = 'By the general rule of the page; it gives no formula for this figure';
const FIRST_AND_LAST =
  'The data keep only the first and the last time of each message, so repeated events cannot be counted';

type Row = Omit<MetricDefinition, 'vendor'>;

/** A figure that the vendor shows, but whose formula it does not publish. */
function withoutFormula(figure: Figure, name: string, source: string, difference: string = NO_FORMULA): Row {
  return { figure, name, formula: null, ourRate: null, difference, source };
}

const BRAZE: readonly Row[] = [
  {
    figure: 'delivery rate',
    name: 'Deliveries %',
    formula: '(sends - bounces) / sends',
    ourRate: 'delivery_rate',
    difference: 'Ours subtracts soft bounces and blocked messages too; their campaign analytics leave out soft bounces',
    source: PAGES.brazeEmail,
  },
  {
    figure: 'open rate',
    name: 'Unique Opens %',
    formula: 'unique opens / deliveries',
    ourRate: 'open_rate_delivered',
    difference: 'They count a client again who opens after more than seven days; ours counts each message once',
    source: PAGES.brazeEmail,
  },
  {
    figure: 'click rate',
    name: 'Unique Clicks %',
    formula: 'unique clicks / deliveries',
    ourRate: 'click_rate_delivered',
    difference:
      'They include clicks on unsubscribe links, and count a client again who clicks after more than seven days',
    source: PAGES.brazeEmail,
  },
  {
    figure: 'click-to-open rate',
    name: 'Click-to-Open Rate',
    formula: 'unique clicks / unique opens',
    ourRate: 'click_to_open_rate',
    ourFormula: 'clicked::numeric / nullif(opened, 0)',
    difference: 'Ours leaves out clicks without a recorded open, so it never exceeds 1',
    source: PAGES.brazeEmail,
  },
  {
    figure: 'unsubscribe rate',
    name: 'Unsubscribers %',
    formula: 'unsubscribes / deliveries',
    ourRate: 'unsubscribe_rate_delivered',
    difference: "They count only Braze's own unsubscribe link",
    source: PAGES.brazeEmail,
  },
  {
    figure: 'bounce rate',
    name: 'Bounce %',
    formula: 'bounces / sends',
    ourRate: 'hard_bounce_rate',
    difference: 'Their campaign analytics leave out soft bounces; for hard and soft bounces together see bounce_rate',
    source: PAGES.brazeEmail,
  },
  {
    figure: 'complaint rate',
    name: 'Spam %',
    formula: 'marked as spam / sends',
    ourRate: 'complaint_rate',
    difference: 'None known. Mailbox providers report only some of the complaints to either',
    source: PAGES.brazeEmail,
  },
  {
    figure: 'conversion rate',
    name: 'Conversion Rate',
    formula: 'primary conversions / unique recipients',
    ourRate: 'purchase_rate',
    difference:
      'They divide by recipients a day and count any chosen event in a chosen window; ours divides purchases in the data by messages sent',
    source: PAGES.brazeReports,
  },
  {
    figure: 'total open rate',
    name: 'Total Open Rate',
    formula: 'opens, repeated ones included / deliveries',
    ourRate: null,
    difference: FIRST_AND_LAST,
    source: PAGES.brazeReports,
  },
  {
    figure: 'total click rate',
    name: 'Total Clicks %',
    formula: 'clicks, repeated ones included / deliveries',
    ourRate: null,
    difference: FIRST_AND_LAST,
    source: PAGES.brazeReports,
  },
  {
    figure: 'machine opens',
    name: 'Machine Opens, Other Opens',
    formula: 'a count of each',
    ourRate: null,
    difference: 'The data do not mark machine opens; for opens within seconds of the send see machine_opens',
    source: PAGES.brazeEmail,
  },
];

const ITERABLE: readonly Row[] = [
  withoutFormula('delivery rate', 'Delivery Rate', PAGES.iterable),
  {
    figure: 'open rate',
    name: 'Open rate',
    formula: 'messages opened / messages delivered',
    ourRate: 'open_rate_delivered',
    difference: BY_RULE,
    source: PAGES.iterable,
  },
  {
    figure: 'click rate',
    name: 'Click rate',
    formula: 'messages clicked / messages delivered',
    ourRate: 'click_rate_delivered',
    difference: BY_RULE,
    source: PAGES.iterable,
  },
  {
    figure: 'click-to-open rate',
    name: 'Clicks / Opens',
    formula: 'unique clicks / unique (opens or clicks)',
    ourRate: 'click_to_open_rate',
    ourFormula: 'clicked::numeric / nullif(opened + clicked - opened_and_clicked, 0)',
    difference: 'They count a click as an open; ours leaves out clicks without a recorded open',
    source: PAGES.iterable,
  },
  withoutFormula(
    'unsubscribe rate',
    'Unsubscribe rate',
    PAGES.iterable,
    `${NO_FORMULA}; the page defines the counts of total and unique unsubscribes`,
  ),
  withoutFormula('bounce rate', 'Bounce rate', PAGES.iterable),
  {
    figure: 'complaint rate',
    name: 'Complaint Rate',
    formula: 'total complaints / total e-mails delivered',
    ourRate: 'complaint_rate_delivered',
    difference: 'None known',
    source: PAGES.iterable,
  },
  {
    figure: 'conversion rate',
    name: 'Conversions / Unique Email Sends',
    formula: 'conversions / unique e-mails sent',
    ourRate: 'purchase_rate',
    difference: 'They count every conversion; ours counts a message with a purchase once',
    source: PAGES.iterable,
  },
  {
    figure: 'conversion rate over delivered',
    name: 'Conversions / Unique Emails Delivered',
    formula: 'conversions / unique e-mails delivered',
    ourRate: 'purchase_rate_delivered',
    difference: 'They count every conversion; ours counts a message with a purchase once',
    source: PAGES.iterable,
  },
];

const KLAVIYO: readonly Row[] = [
  withoutFormula('delivery rate', 'Delivery rate', PAGES.klaviyoCampaigns),
  {
    figure: 'open rate',
    name: 'Open rate',
    formula: 'unique opens / e-mails delivered',
    ourRate: 'open_rate_delivered',
    difference:
      'Their help pages say recipients instead of delivered. Opens by Apple Mail Privacy Protection are included',
    source: PAGES.klaviyoRates,
  },
  {
    figure: 'click rate',
    name: 'Click rate',
    formula: 'unique clicks / e-mails delivered',
    ourRate: 'click_rate_delivered',
    difference: 'None known',
    source: PAGES.klaviyoRates,
  },
  {
    figure: 'click-to-open rate',
    name: 'Click through rate',
    formula: 'unique clicks / e-mails opened',
    ourRate: 'click_to_open_rate',
    ourFormula: 'clicked::numeric / nullif(opened, 0)',
    difference: 'Ours leaves out clicks without a recorded open, so it never exceeds 1',
    source: PAGES.klaviyoRates,
  },
  {
    figure: 'unsubscribe rate',
    name: 'Unsubscribe rate',
    formula: 'people who unsubscribe / e-mails received',
    ourRate: 'unsubscribe_rate_delivered',
    difference: 'None known',
    source: PAGES.klaviyoUnsubscribes,
  },
  {
    figure: 'bounce rate',
    name: 'Bounce rate',
    formula: 'bounces / e-mails delivered',
    ourRate: 'bounce_rate',
    ourFormula: 'bounced::numeric / nullif(delivered, 0)',
    difference: 'Ours divides by sent, as the example on their page does',
    source: PAGES.klaviyoBounces,
  },
  {
    figure: 'complaint rate',
    name: 'Spam complaint rate',
    formula: 'people who mark the e-mail as spam / recipients',
    ourRate: 'complaint_rate',
    difference:
      'The page does not say whether recipients whose e-mail bounced count; if not, see complaint_rate_delivered',
    source: PAGES.klaviyoComplaints,
  },
  {
    figure: 'conversion rate',
    name: 'Placed order rate',
    formula: 'orders within the attribution window / unique recipients',
    ourRate: 'purchase_rate',
    difference:
      'Their window is by default 5 days after an open or a click of an e-mail, last touch; ours has no window and counts a message once',
    source: PAGES.klaviyoCampaigns,
  },
  {
    figure: 'machine opens',
    name: 'Apple Privacy Opens',
    formula: 'a property of each open',
    ourRate: null,
    difference: 'The data do not mark machine opens; for opens within seconds of the send see machine_opens',
    source: PAGES.klaviyoOpens,
  },
];

const MAILCHIMP: readonly Row[] = [
  {
    figure: 'delivery rate',
    name: 'Delivery rate',
    formula: 'share of the e-mails sent that were delivered: neither hard nor soft bounce',
    ourRate: 'delivery_rate',
    difference: 'Ours subtracts blocked messages too',
    source: PAGES.mailchimpMetrics,
  },
  {
    figure: 'open rate',
    name: 'Open rate',
    formula: 'recipients who opened / successful deliveries',
    ourRate: 'open_rate_delivered',
    difference: 'They can leave out opens by Apple Mail Privacy Protection, for e-mails sent since 2024-06-22',
    source: PAGES.mailchimpMetrics,
  },
  {
    figure: 'click rate',
    name: 'Click rate',
    formula: 'e-mails with at least one click / e-mails delivered',
    ourRate: 'click_rate_delivered',
    difference: 'None known',
    source: PAGES.mailchimpMetrics,
  },
  {
    figure: 'click-to-open rate',
    name: 'Clicks per unique opens',
    formula: 'recipients who opened and then clicked / recipients who opened',
    ourRate: 'click_to_open_rate',
    difference: 'Ours ignores the order of open and click',
    source: PAGES.mailchimpMetrics,
  },
  {
    figure: 'unsubscribe rate',
    name: 'Unsubscribe rate',
    formula: 'share of the recipients who opened the e-mail and unsubscribed',
    ourRate: null,
    difference:
      'The page does not say whether it divides by openers or by all recipients; see unsubscribe_rate for all',
    source: PAGES.mailchimpMetrics,
  },
  withoutFormula(
    'bounce rate',
    'Bounced',
    PAGES.mailchimpReports,
    'Only the count is defined: recipients with a hard or soft bounce, as in our bounced',
  ),
  withoutFormula('complaint rate', 'Abuse complaints', PAGES.mailchimpMetrics),
  withoutFormula(
    'conversion rate',
    'Orders',
    PAGES.mailchimpAttribution,
    'Only the count is defined: orders within 5 days after an open or 30 days after a click of an e-mail, last touch',
  ),
  {
    figure: 'machine opens',
    name: 'Apple MPP opens',
    formula: 'a filter of the open rate',
    ourRate: null,
    difference: 'The data do not mark machine opens; for opens within seconds of the send see machine_opens',
    source: PAGES.mailchimpOpens,
  },
];

const CUSTOMER_IO: readonly Row[] = [
  withoutFormula('delivery rate', 'Delivered', PAGES.customerIoMetrics),
  {
    figure: 'open rate',
    name: 'Opened',
    formula: 'messages opened or clicked / messages delivered',
    ourRate: 'open_rate_delivered',
    ourFormula: '(opened + clicked - opened_and_clicked)::numeric / nullif(delivered, 0)',
    difference: 'They count a click as an open; ours counts recorded opens only',
    source: PAGES.customerIoMetrics,
  },
  {
    figure: 'click rate',
    name: 'Click-through rate',
    formula: 'messages clicked / messages delivered',
    ourRate: 'click_rate_delivered',
    difference: 'None known',
    source: PAGES.customerIoMetrics,
  },
  withoutFormula('click-to-open rate', 'Click-to-open rate', PAGES.customerIoMetrics),
  {
    figure: 'unsubscribe rate',
    name: 'Unsubscribed',
    formula: 'messages unsubscribed from / messages delivered',
    ourRate: 'unsubscribe_rate_delivered',
    difference: BY_RULE,
    source: PAGES.customerIoStatuses,
  },
  withoutFormula('bounce rate', 'Bounced', PAGES.customerIoMetrics),
  {
    figure: 'complaint rate',
    name: 'Marked as spam',
    formula: 'messages marked as spam / messages delivered',
    ourRate: 'complaint_rate_delivered',
    difference: BY_RULE,
    source: PAGES.customerIoStatuses,
  },
  {
    figure: 'conversion rate',
    name: 'Converted',
    formula: 'delivered messages that achieved the goal / messages delivered',
    ourRate: 'purchase_rate_delivered',
    difference:
      'Their goal is any chosen event within up to 90 days, credited to the last message by default; ours counts purchases in the data, without a window',
    source: PAGES.customerIoConversions,
  },
];

/** Figures of e-mail marketing as five vendors define them. */
export const VENDOR_METRICS: readonly MetricDefinition[] = [
  ...BRAZE.map((each) => ({ vendor: 'Braze' as const, ...each })),
  ...ITERABLE.map((each) => ({ vendor: 'Iterable' as const, ...each })),
  ...KLAVIYO.map((each) => ({ vendor: 'Klaviyo' as const, ...each })),
  ...MAILCHIMP.map((each) => ({ vendor: 'Mailchimp' as const, ...each })),
  ...CUSTOMER_IO.map((each) => ({ vendor: 'Customer.io' as const, ...each })),
];
