/** What a person may do: data in their token, and on the server while they are there, where the host can change it. */
import { z } from 'zod';
import { type Role } from './common.ts';

export const permissionSchema = z.enum([
  'publishMicrophone',
  'publishCamera',
  /** The screen and its sound. */
  'publishScreen',
  /** Writes what is said, for viewers. */
  'caption',
  /** Lets people from the green room onto the stage, and sends them back. */
  'admit',
  /** Mutes others, stops their pictures, removes them. */
  'moderate',
  /** What viewers are shown: layout, order, pins, scenes, look. */
  'changeLayout',
  /** Starts and ends the event, which is what is recorded. */
  'record',
  /** Gives and takes permissions. */
  'managePermissions',
]);
export type Permission = z.infer<typeof permissionSchema>;

const publish = ['publishMicrophone', 'publishCamera', 'publishScreen'] as const;
const runTheEvent = ['caption', 'admit', 'moderate', 'changeLayout', 'record'] as const;

/** What a role may do unless its invitation, or the host, says otherwise. */
export const defaultPermissions: Readonly<Record<Role, readonly Permission[]>> = {
  host: [...publish, ...runTheEvent, 'managePermissions'],
  coHost: [...publish, ...runTheEvent],
  panelist: publish,
  captioner: ['caption'],
  viewer: [],
};

export const permissionsSchema = z.array(permissionSchema).max(permissionSchema.options.length);

/** Where somebody is who came by a stage link: seen and heard, or waiting to be let in. */
export type Place = 'stage' | 'greenRoom';
