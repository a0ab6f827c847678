/** H.264 as it travels in RTP, made into what a decoder reads. */
export { AccessUnitBuilder, type AccessUnit, type AccessUnitResult } from './access-unit.ts';
export { depacketizeH264, startsH264Keyframe, startsH264Picture } from './depacketize.ts';
export { isVcl, nalType, nalTypeOf, toAnnexB } from './nal-unit.ts';
