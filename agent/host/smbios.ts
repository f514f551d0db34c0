import type { Machine } from './host.ts';

/** Chassis types of the SMBIOS specification (DSP0134, 7.4.1). */
const LAPTOPS = [8, 9, 10, 11, 14, 30, 31, 32];
const DESKTOPS = [3, 4, 5, 6, 7, 13, 15, 16, 24, 34, 35, 36];
const SERVERS = [17, 23, 25, 28, 29];

/** What a hypervisor writes where a maker's name would stand. */
const HYPERVISORS: readonly (readonly [RegExp, string])[] = [
  [/vmware/i, 'vmware'],
  [/virtualbox|innotek/i, 'virtualbox'],
  [/microsoft corporation.*virtual machine/i, 'hyper-v'],
  [/parallels/i, 'parallels'],
  [/\bxen\b/i, 'xen'],
  [/amazon ec2/i, 'amazon-ec2'],
  [/google compute engine/i, 'google-compute-engine'],
  [/\b(?:bochs|qemu|kvm|openstack|ovirt)\b/i, 'qemu'],
  [/bhyve/i, 'bhyve'],
  [/apple virtualization/i, 'apple'],
];

/** The hypervisor that names itself in the tables of the firmware; undefined for a maker of hardware. */
export function hypervisorOfMaker(text: string): string | undefined {
  return HYPERVISORS.find(([pattern]) => pattern.test(text))?.[1];
}

export function chassisOfType(type: number): Machine['chassis'] {
  if (LAPTOPS.includes(type)) return 'laptop';
  if (DESKTOPS.includes(type)) return 'desktop';
  return SERVERS.includes(type) ? 'server' : 'other';
}
