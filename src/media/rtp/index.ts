/** RTP and RTCP on the wire. */
export { isRtcp, parseRtpPacket, type RtpPacket } from './packet.ts';
export { parseSenderReports, type SenderReport } from './sender-report.ts';
export { Unwrapper } from './unwrap.ts';
export { withoutWithheld } from './withheld-extensions.ts';
