import type { LanguagePack } from '../storyline.js';
import { EN_ATTACKS } from './en-attacks.js';
import { EN_EXPOSURE } from './en-exposure.js';
import { EN_FRAUD } from './en-fraud.js';
import { EN_MALWARE } from './en-malware.js';
import { EN_OUTAGES } from './en-outages.js';

export const ENGLISH: LanguagePack = {
  language: 'en',
  cast: {
    bank: [
      'Lotus River Bank',
      'Banyan Mutual Savings',
      'Coral Lagoon Bank',
      'Jasmine Hill Credit Union',
      'Ninth Bridge Bank',
    ],
    wallet: ['PebblePay', 'KoiWallet', 'LanternPay', 'Tamarind Wallet'],
    hospital: [
      'Frangipani General Hospital',
      'Lake District Medical Centre',
      'Hillside Children’s Hospital',
      'Old Harbour Clinic',
    ],
    agency: [
      'the Office of Land Titles',
      'the Vehicle Licence Board',
      'the Statistics Bureau',
      'the Agency for Small Business',
    ],
    telecom: ['Bamboo Mobile', 'Pinang Telecom', 'Skyreef Networks', 'Twin Peaks Broadband'],
    school: ['Mangrove Polytechnic', 'Riverbend University', 'Stone Garden College', 'Sunbird Institute'],
    utility: ['Upland Water Works', 'Great Bend Power', 'Monsoon Electric', 'Delta Water Supply'],
    port: ['Amber Strait Terminal', 'Port of Three Sands', 'North Jetty Terminal'],
    company: [
      'Cinnamon Parts Ltd',
      'Blue Heron Foods',
      'Tidewater Hotels',
      'Granite Gate Logistics',
      'Orchid Textiles',
    ],
    shop: ['Marigold Market', 'Bazaar24', 'Papaya Street', 'The Rattan Store'],
    news: ['The Evening Lantern', 'Delta Post', 'Harbour Radio'],
  },
  closings: [
    'Please search your logs for the above and tell us what you see, also if it is nothing.',
    'For information; no action is expected unless you see the same.',
    'We would like to compare notes with anyone who has seen a similar case.',
    'Please tell us of false positives.',
    'Questions to our duty desk, day and night.',
    'We will update this record when the examination is finished.',
  ],
  updates: {
    takenDown: 'Update: the host has been taken down; we keep watching for successors.',
    restored: 'Update: the victim has restored operation. The report follows.',
  },
  answers: [
    'We have a similar case with other details. Will file it and link it here.',
    'Acknowledged by the duty desk.',
    'Noted; we are checking our own systems.',
    'Thank you for sharing this so early.',
  ],
  answersToIndicators: [
    'Nothing in our logs over the last 30 days. We keep looking.',
    'Seen here as well, two hits last week; we are contacting the owners.',
    'One of the addresses is shared hosting with us; please do not block it as a whole.',
    'Could you share the full list of addresses? We would rather search once.',
    'False positive on our side: the one hit is a training platform.',
  ],
  answersByBlocking: ['Thank you. Blocked at our two largest providers since this morning.'],
  storylines: [...EN_FRAUD, ...EN_ATTACKS, ...EN_MALWARE, ...EN_EXPOSURE, ...EN_OUTAGES],
};
