import { describe, expect, it } from 'vitest';
import {
  defaultPermissions,
  greenRoomRequests,
  permissionOfSource,
  requiredPermissions,
  roleSchema,
  stageRequestSchemas,
  stageRoles,
  type Role,
  type StageRequestName,
} from '../../../src/signaling/protocol/index.ts';

/** What a role may ask for beside being there. */
function allowedBy(role: Role): string[] {
  return Object.entries(requiredPermissions)
    .filter(([, permission]) => permission !== null && defaultPermissions[role].includes(permission))
    .map(([name]) => name)
    .sort();
}

describe('permissions of the roles', () => {
  it('let panelists send and do nothing to the event or to others', () => {
    expect(allowedBy('panelist')).toEqual([]);
    for (const permission of Object.values(permissionOfSource))
      expect(defaultPermissions.panelist).toContain(permission);
  });

  it('let captioners listen and write, and send nothing', () => {
    expect(allowedBy('captioner')).toEqual(['addCaptions']);
    for (const permission of Object.values(permissionOfSource))
      expect(defaultPermissions.captioner).not.toContain(permission);
  });

  it('let co-hosts run the event, and hosts give that away', () => {
    const onlyHosts = allowedBy('host').filter((name) => !allowedBy('coHost').includes(name));
    expect(onlyHosts).toEqual(['handOver', 'setPermissions', 'setRole']);
    expect(allowedBy('host')).toHaveLength(
      Object.values(requiredPermissions).filter((permission) => permission !== null).length,
    );
  });

  it('let viewers nothing on the stage', () => {
    expect(allowedBy('viewer')).toEqual([]);
    expect(stageRoles).toEqual(roleSchema.options.filter((role) => role !== 'viewer'));
  });
});

describe('the green room', () => {
  it('answers nothing that reaches or shows the stage', () => {
    const refused = (Object.keys(stageRequestSchemas) as StageRequestName[]).filter(
      (name) => name !== 'join' && !greenRoomRequests.has(name),
    );
    expect(refused).toEqual(expect.arrayContaining(['consume', 'resumeConsumer', 'admit', 'setLayout', 'addCaptions']));
    for (const name of greenRoomRequests) expect(requiredPermissions[name], name).toBeNull();
  });
});
