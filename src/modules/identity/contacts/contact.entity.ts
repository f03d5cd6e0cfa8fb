import { Column, Entity, PrimaryGeneratedColumn, VersionColumn } from 'typeorm';

export const CONTACT_KINDS = ['point-of-contact', 'escalation', 'abuse', 'press'] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

@Entity({ schema: 'ronda', name: 'contact' })
export class Contact {
  @PrimaryGeneratedColumn('identity', { name: 'key', generatedIdentity: 'ALWAYS' })
  key!: number;

  @Column('uuid')
  id!: string;

  @Column('int', { name: 'org_key' })
  organisationKey!: number;

  @Column('text')
  kind!: ContactKind;

  @Column('boolean', { name: 'is_24x7' })
  isAroundTheClock!: boolean;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  email!: string | null;

  @Column('text', { nullable: true })
  phone!: string | null;

  @Column('text', { array: true })
  languages!: string[];

  @Column('text', { name: 'time_zone' })
  timeZone!: string;

  @Column('text', { name: 'pgp_key', nullable: true })
  pgpKey!: string | null;

  @Column('timestamptz', { name: 'last_verified_at', nullable: true })
  lastVerifiedAt!: Date | null;

  @VersionColumn()
  version!: number;
}
