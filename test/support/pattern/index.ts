/** Test media: camera and microphone files that can be recognised at the far end, and their readers. */
export { type CameraFileOptions, drawPattern, identityColour, writeCameraFile } from './camera-file.ts';
export { type Rgb, type Yuv, fillI420, i420SizeBytes, meanYuv, rgbToYuv, yuvToRgb } from './i420.ts';
export { type PatternReading, counterCount, identityCount } from './layout.ts';
export { type MicrophoneFileOptions, createTone, writeMicrophoneFile } from './microphone-file.ts';
export { type PatternImage, type TileRect, patternPageScript, readPattern } from './read-pattern.ts';
export { tonePower } from './tone-power.ts';
