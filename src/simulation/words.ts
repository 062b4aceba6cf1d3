/** Words that titles are made of, by language code. Patterns fill `%a` (first list) and `%b` (second). */
interface TitleWords {
  readonly first: readonly string[];
  readonly second: readonly string[];
  readonly patterns: readonly string[];
}

const list = (words: string): readonly string[] => words.split(' ');

export const titleWords: Readonly<Record<string, TitleWords>> = {
  en: {
    first: list(
      'Paper Silver Hollow Midnight Velvet Borrowed Quiet Burning Second Electric Winter Golden Broken Distant Wild Crooked Slow Amber Restless Hidden Northern Copper Empty Gentle Salt Neon Wooden Faded Tangled Open',
    ),
    second: list(
      'Lantern River Harbour Avenue Engine Letter Garden Window Thunder Mirror Station Meadow Signal Feather Ladder Orchard Horizon Shoulder Whisper Tide Kingdom Telephone Satellite Corner Bonfire Compass Morning Highway Shadow Ceiling',
    ),
    patterns: [
      '%a %b',
      '%a %b',
      'The %a %b',
      '%a, %a',
      '%b of %a %b',
      'Under the %b',
      '%a Like a %b',
      "Don't Wake the %b",
      'Back to the %b',
      'Every %a %b',
      '%b & %b',
      'Call It %a',
      'One More %b',
      '%a Hearts',
      'Where the %b Ends',
    ],
  },
  de: {
    first: list(
      'Nacht Sommer Winter Stern Regen Wolken Silber Feuer Herz Wind Morgen Glas Mond Wald Stadt Staub',
    ),
    second: list(
      'licht zug garten tanz lied brief schatten flug traum weg haus ufer spiel turm fenster',
    ),
    patterns: ['%a%b', '%a%b', 'Im %a%b', '%a und %a', 'Kein %a%b', 'Mein %a%b', '%a%b bei Nacht'],
  },
  pt: {
    first: list(
      'Mar Vento Chuva Estrada Saudade Lua Areia Noite Fogo Rua Janela Jardim Rio Sol Flor Madrugada',
    ),
    second: list(
      'Prata Sal Ninguém Abril Vidro Fevereiro Papel Longe Verão Ouro Algodão Mel Bahia Pedra',
    ),
    patterns: [
      '%a de %b',
      '%a e %a',
      '%a de %b',
      'Outra %a',
      'Quase %a',
      'Sem %a',
      'Até o Fim do %a',
    ],
  },
  es: {
    first: list(
      'Luna Fuego Camino Lluvia Noche Corazón Calle Puerto Sombra Viento Arena Ventana Río Sueño Espejo Cielo',
    ),
    second: list(
      'Plata Sal Nadie Abril Cristal Enero Papel Lejos Verano Oro Algodón Miel Mayo Piedra',
    ),
    patterns: ['%a de %b', '%a y %a', '%a de %b', 'Otra %a', 'Casi %a', 'Sin %a', '%a Adentro'],
  },
  ja: {
    first: list(
      'Yoru Kaze Umi Hoshi Ame Sora Hana Tsuki Yume Hikari Kage Machi Kumo Asa Nami Yuki',
    ),
    second: list('Uta Michi Mado Tegami Ressha Niwa Koe Kioku Iro Oto Hashi Namida Kagi Toki'),
    patterns: ['%a no %b', '%a to %a', '%b', '%a no %b', 'Mada %a', '%a ni Naru', 'Sayonara, %a'],
  },
};

/** Title patterns of genres that name their pieces in their own way; `%n` is a number, `%k` a key. */
export const genrePatterns: Readonly<Record<string, readonly string[]>> = {
  classical: [
    'Sonata No. %n in %k: I',
    'Sonata No. %n in %k: II',
    'Nocturne No. %n in %k',
    'Prelude No. %n in %k',
    'String Quartet No. %n: Adagio',
    'Étude No. %n',
    'Suite in %k: Sarabande',
    'Suite in %k: Gigue',
    'Variations on a %a %b',
    'Trio No. %n in %k: Allegro',
  ],
  children: [
    'The %a Bear',
    'The Little %a %b',
    'Goodnight, %a %b',
    'Jump Over the %b',
    'Ten %a Ducks',
    'The Bear and the %b',
    'Clap Your %a Hands',
    'Where Is the %b?',
  ],
  holiday: [
    'Snow on the %b',
    '%a Bells',
    'Christmas at the %b',
    'December %b',
    '%a Star',
    'Home by Christmas, %a %b',
    'Candles in the %b',
    'Sleigh Past the %b',
  ],
};

export const keyNames: readonly string[] = list('C D♭ D E♭ E F F♯ G A♭ A B♭ B');

/** Syllables of invented names of people, by country. */
export const syllables: Readonly<
  Record<
    string,
    {
      readonly given: readonly string[];
      readonly start: readonly string[];
      readonly end: readonly string[];
    }
  >
> = {
  US: {
    given: list(
      'Dalla Weston Marlo Junie Ezra Tessa Colt Nell Harlan Odette Reese Amos Lyla Boone',
    ),
    start: list('Hart Vand Cald Merr Stod Lang Bix Tal Whit Ros Gran Pell'),
    end: list('well erly wick ow ridge ane ley sby mont iker'),
  },
  GB: {
    given: list('Imogen Rafe Nia Alfie Tamsin Callum Isla Rowan Maeve Ewan Orla Piers Wren Hollis'),
    start: list('Ash Thorn Pem Brack Wens Hal Kirk Fen Stan Mor Lud Tre'),
    end: list('ford bury combe leigh ton worth by dale hurst low'),
  },
  DE: {
    given: list('Lotte Falk Mira Jonte Greta Arvid Elin Tilo Frieda Bosse Romy Henrik Svea Kaspar'),
    start: list('Rei Brand Wolt Kess Lind Vog Hart Stein Mei Sand Krol Fels'),
    end: list('mann berg feld hoff ler ing bach stett ow en'),
  },
  BR: {
    given: list('Jandira Caio Luísa Tomé Iara Davi Bento Clara Nando Marisa Otto Ravi Tainá Zeca'),
    start: list('Mon Alb Fer Car Sil Bar Cam Ara Tei Nog Val Mor'),
    end: list('teiro andra veira valho mares bosa pinho xeira queira eda'),
  },
  MX: {
    given: list(
      'Ximena Lalo Itzel Ramiro Paloma Nico Brisa Elías Dalia Teo Marisol Iker Renata Chava',
    ),
    start: list('Ort Vel Sal Mont Ram Zap Cas Agu Ber Luj Per Nav'),
    end: list('ega asco daña alvo írez ata illas irre mejo ana'),
  },
  JP: {
    given: list('Haru Mio Ren Aoi Sota Yuna Kei Rin Nao Toma Saki Jun Emi Kaito'),
    start: list('Mizu Haya Kuro Tani Shira Mori Asa Naka Yoshi Ishi Fuji Kawa'),
    end: list('mura shima saki numa hara oka zawa no mori gawa'),
  },
};

/** Band names of genres: `%a` adjective, `%b` noun, `%l` surname, `%g` given name. */
export const artistPatterns: Readonly<Record<string, readonly string[]>> = {
  rock: ['The %a %bs', '%a %b', 'The %ls', '%b Club', '%g %l'],
  jazz: ['%g %l', '%g %l Trio', '%g %l Quartet', 'The %l Sextet'],
  pop: ['%g %l', '%g', '%a %b', '%l & %l'],
  'hip-hop': ['Lil %l', 'MC %g', '%g the %a', '%a %b', 'Young %l'],
  classical: ['%g %l', '%l Quartet', '%g %l', '%l Chamber Orchestra'],
  electronic: ['DJ %g', '%a %b', '%l', '%b Unit', '%g %l'],
  folk: ['%g %l', '%g & the %bs', 'The %l Sisters', '%a %b'],
  metal: ['%a Throne', '%b of %l', '%l', '%a %b'],
  latin: ['%g %l', 'Los %l', '%g y la %a %b', 'Orquesta %l'],
  country: ['%g %l', '%g %l', 'The %l Brothers', '%g & the %a %bs'],
  children: ['Auntie %g', 'The %a %bs', 'Mister %l', '%g & Friends'],
  holiday: ['The %l Choir', '%g %l', 'The %a %bs', '%l Family Singers'],
};

export const bandAdjectives = list(
  'Marble Tin Velour Sundown Oblique Juniper Plaid Foxglove Static Cobalt Lowland Thistle Paper Gravel Saffron Hushed Mercury Cedar Loose Northbound Tidal Brass Lilac Feral Pocket Sable Clover Dusty',
);
export const bandNouns = list(
  'Parade Heron Almanac Lantern Turnstile Orchard Badger Cathedral Dial Harvester Magpie Antler Trestle Pilot Kettle Monsoon Prism Turbine Sparrow Engine Meteor Beacon Vessel Barometer',
);
