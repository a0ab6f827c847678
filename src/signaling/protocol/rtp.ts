/**
 * RTP, ICE and DTLS parameters as clients may send them. mediasoup copies codec parameters verbatim to consumers
 * and does not cap encodings, so keys, lengths and counts are limited here (reference: trust.md, mediasoup params).
 */
import { z } from 'zod';

const shortText = z.string().max(128);
const codecParametersSchema = z
  .record(
    z.string().regex(/^[a-z0-9-]{1,40}$/i),
    z.union([
      z
        .string()
        .max(128)
        .regex(/^[\x20-\x7e]*$/),
      z.number(),
      z.boolean(),
    ]),
  )
  .refine((parameters) => Object.keys(parameters).length <= 16, 'at most 16 codec parameters');

const rtcpFeedbackSchema = z.strictObject({ type: shortText, parameter: shortText.optional() });
const headerExtensionUri = z
  .string()
  .max(128)
  .regex(/^(urn:|https?:\/\/)[\x21-\x7e]+$/);

export const rtpParametersSchema = z.strictObject({
  mid: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,16}$/)
    .optional(),
  msid: z
    .string()
    .max(256)
    .regex(/^[\x20-\x7e]*$/)
    .optional(),
  codecs: z
    .array(
      z.strictObject({
        mimeType: z.string().regex(/^(audio|video)\/[A-Za-z0-9-]{1,32}$/),
        payloadType: z.number().int().min(0).max(127),
        clockRate: z.number().int().min(1).max(192_000),
        channels: z.number().int().min(1).max(2).optional(),
        parameters: codecParametersSchema.optional(),
        rtcpFeedback: z.array(rtcpFeedbackSchema).max(16).optional(),
      }),
    )
    .min(1)
    .max(8),
  headerExtensions: z
    .array(
      z.strictObject({
        uri: headerExtensionUri,
        id: z.number().int().min(1).max(255),
        encrypt: z.boolean().optional(),
        parameters: z.strictObject({}).optional(),
      }),
    )
    .max(20)
    .optional(),
  encodings: z
    .array(
      z.strictObject({
        ssrc: z.number().int().min(0).max(0xffff_ffff).optional(),
        rid: z
          .string()
          .regex(/^[A-Za-z0-9]{1,8}$/)
          .optional(),
        active: z.boolean().optional(),
        codecPayloadType: z.number().int().min(0).max(127).optional(),
        rtx: z.strictObject({ ssrc: z.number().int().min(0).max(0xffff_ffff) }).optional(),
        dtx: z.boolean().optional(),
        scalabilityMode: z
          .string()
          .regex(/^[LS][1-3]T[1-3](_KEY)?$/)
          .optional(),
        scaleResolutionDownBy: z.number().min(1).max(16).optional(),
        maxBitrate: z.number().int().min(1).max(5_000_000).optional(),
        maxFramerate: z.number().min(1).max(60).optional(),
        adaptivePtime: z.boolean().optional(),
        priority: z.enum(['very-low', 'low', 'medium', 'high']).optional(),
        networkPriority: z.enum(['very-low', 'low', 'medium', 'high']).optional(),
      }),
    )
    .min(1)
    .max(3),
  rtcp: z
    .strictObject({
      cname: z
        .string()
        .max(64)
        .regex(/^[\x21-\x7e]*$/)
        .optional(),
      reducedSize: z.boolean().optional(),
      mux: z.boolean().optional(),
    })
    .optional(),
});
export type WireRtpParameters = z.infer<typeof rtpParametersSchema>;

export const rtpCapabilitiesSchema = z.strictObject({
  codecs: z
    .array(
      z.strictObject({
        kind: z.enum(['audio', 'video']),
        mimeType: z.string().regex(/^(audio|video)\/[A-Za-z0-9-]{1,32}$/),
        preferredPayloadType: z.number().int().min(0).max(127),
        clockRate: z.number().int().min(1).max(192_000),
        channels: z.number().int().min(1).max(2).optional(),
        parameters: codecParametersSchema.optional(),
        rtcpFeedback: z.array(rtcpFeedbackSchema).max(16).optional(),
      }),
    )
    .max(32),
  headerExtensions: z
    .array(
      z.strictObject({
        kind: z.enum(['audio', 'video']),
        uri: headerExtensionUri,
        preferredId: z.number().int().min(1).max(255),
        preferredEncrypt: z.boolean().optional(),
        direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).optional(),
      }),
    )
    .max(40),
});
export type WireRtpCapabilities = z.infer<typeof rtpCapabilitiesSchema>;

export const dtlsParametersSchema = z.strictObject({
  role: z.enum(['auto', 'client', 'server']).optional(),
  fingerprints: z
    .array(
      z.strictObject({
        algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
        value: z.string().regex(/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){19,63}$/),
      }),
    )
    .min(1)
    .max(4),
});
export type WireDtlsParameters = z.infer<typeof dtlsParametersSchema>;
