/** The loader of hls.js for media: an answer that is no sound fragment counts as a failed request, with all its retries. */
import Hls, { type FragmentLoaderConstructor, type FragmentLoaderContext } from 'hls.js';
import { isFragmentSound, isWebvttSound } from './fragment-check.ts';

/** What a gateway says of an upstream answer that makes no sense; hls.js tries such requests again. */
const badGateway = 502;

const DefaultLoader = Hls.DefaultConfig.loader;

class CheckedLoader extends DefaultLoader {
  override load(...[context, config, callbacks]: Parameters<InstanceType<typeof DefaultLoader>['load']>): void {
    const { frag } = context as Partial<FragmentLoaderContext>;
    const kind: string | undefined = frag?.type;
    const isSound = kind === 'subtitle' ? isWebvttSound : isFragmentSound;
    super.load(context, config, {
      ...callbacks,
      onSuccess: (response, stats, loaded, details) => {
        if (response.data instanceof ArrayBuffer && isSound(response.data)) {
          callbacks.onSuccess(response, stats, loaded, details);
        } else {
          callbacks.onError({ code: badGateway, text: 'not a fragment' }, loaded, details, stats);
        }
      },
    });
  }
}

export const checkedFragmentLoader = CheckedLoader as unknown as FragmentLoaderConstructor;
