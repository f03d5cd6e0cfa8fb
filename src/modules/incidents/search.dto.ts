import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { LONGEST_QUERY } from '../search/index.js';
import { IncidentView } from './incident.views.dto.js';
import { IncidentFilters } from './list-incidents.dto.js';
import { MayBeLeftOut } from '../../platform/http/may-be-null.js';

export class SearchQueryDto extends IncidentFilters {
  /**
   * What to look for in titles, descriptions, tags and comments. All words, in any order; `"…"` one after the other;
   * `word*` whatever begins so; `-` before any of these: not that. Case does not count, nor do diacritics of Latin letters.
   * Words of Thai, Lao, Khmer and Burmese are found without spaces around them.
   * @example "phish* \"one-time code\" -sinkhole"
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_QUERY)
  q!: string;

  /**
   * `newest`: by the earliest time at which you could read it. `ranked`: the best first, among the newest 1,000 that match;
   * by where the words stand (title, tags, description, comments), how often and how near one another.
   * @example ranked
   */
  @MayBeLeftOut()
  @IsIn(['newest', 'ranked'])
  sort?: 'newest' | 'ranked';
}

export class SnippetPartView {
  /**
   * Plain text, never markup.
   * @example "Bank "
   */
  text!: string;

  /**
   * Whether this is what was asked for.
   * @example false
   */
  isMatch!: boolean;
}

export class SearchMatchView {
  /**
   * Where it stands.
   * @example title
   */
  // Said here, because the compiler lists a union in whatever order it met its members.
  @ApiProperty({ enum: ['title', 'description', 'tag', 'comment'] })
  in!: 'title' | 'description' | 'tag' | 'comment';

  /**
   * Id of the comment, where it stands in one.
   * @example null
   */
  comment!: string | null;

  /** An excerpt in pieces; one after the other they are the text around the first match. */
  snippet!: SnippetPartView[];
}

export class SearchItem {
  /** The record as you may read it. */
  incident!: IncidentView;

  /** Where it says so, of what you may read. */
  matches!: SearchMatchView[];
}

export class SearchPage {
  /** The records, in order. */
  items!: SearchItem[];

  /**
   * The cursor of the next page; null at the end.
   * @example null
   */
  next!: string | null;

  /** How many there are, where asked for: exact to 10,000. */
  @ApiProperty({
    required: false,
    oneOf: [
      { type: 'integer' },
      { type: 'object', required: ['atLeast'], properties: { atLeast: { type: 'integer' } } },
    ],
    example: 1,
  })
  total?: number | { atLeast: number };
}
