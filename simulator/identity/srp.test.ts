import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { proofsOf, publicValue } from '../testing/srp-client.ts';
import { clientProofs, passwordVerifier, SrpServer, scrambler, secretOfShortValue } from './srp.ts';

interface Vector {
  readonly accountName: string;
  readonly password: string;
  readonly protocol: 's2k' | 's2k_fo';
  readonly salt: string;
  readonly iteration: number;
  readonly secret: bigint;
  readonly a?: string;
  readonly b: string;
  readonly x?: string;
  readonly u?: string;
  readonly m1: string;
  readonly m2: string;
}

// V1 to V3: account test@icloud.com; V1 and V2 hold values that Apple's service was seen to accept (peers)
const APPLE = {
  accountName: 'test@icloud.com',
  password: 'testPass',
  salt: 'foI2z4yTi2LkZ+Wrr7HFEQ==',
  iteration: 20403,
};
const APPLE_SECRET = BigInt(
  '45834645977060573740745682006867333338453163569572200743677688452501169540030207896315099211600411282502811151' +
    '89321084127530556466418206894891765906279948360470987821066372075131278941770946795626302727478894190131926680' +
    '68272219127386721625089215254305356794307403987746896832805929773571835498336715828318108732268609714164579387' +
    '03646263443743022461446226067853406962694028807739741490609180505464596944161317519632560420251915102450228148' +
    '63735411041522861008849293340319607550193092573656363442241160172566724626024492443228367796159771603009300820' +
    '441703601914229690671456525732449870676671357654372201494514766191',
);
const APPLE_A =
  'PiY5BMLVXefOjGLtyIW7kpczDJ1xnQa3Re10mramFNJxbpGoZGIIpp/Kt95pUaptMnI93vMs6SiUdUe1956SNjywGCO1HpXepYM9jbDtmaKRrBCoDF8JuCuzPdfYklBY2LfkdjHhDFc0PgosI8CFJ1Rv55fTmGgTkWACQjvjJRU9n1uYqSwej8R3xHy2v0VkT6oRYDm7ZXaiUnI2k9nuVgrD20M2vVzGc6an+Kb3BFYB0BqfqqMGiYkTKAvkc8ohOL54q1HKVAYKdR8KnUQRjSiEGbvVhpvJJc+YSYlrEs6st24IbH7EWyHweoCAHP6soVqtp1DX6ncQxm3iJ9Nwsw==';
const APPLE_B =
  'b44vF54k7KDvvfIeQyEUk90ahsajSqdEv/4kiv/CdPGk0Wf3oVMlGfdrdZtAUrYWD6jzVc4BKbkqsIwZFK7v5o7/bYxYgzllPG5LXO0Ve5Zs4DgZPjFNzb9Ky7kFtC8gl7D5dKmGTxwwiEPRvE6SlmUWOhHTUg2q3EN7cRXV8HkdrYkNONT4ndHKHEuMV6BlVGuNdYDGMSOGidVK1uW1MwxRIzKWZSJLmF4PzUuvT89QWoFzNbDlVRc2R6Xa+sqjMUC9GM5UKcdug9RMLgj7xNXg5HR3HgVyCMe22woaYhpLP1Ak/VpOknXmnBKvEtWu2TIQggEof8CeqasYM8G8qw==';
const DOE = { accountName: 'jdoe@example.com', salt: 'Y0ea1poJCyWCd+yPum+ZQQ==' };
const DOE_SECRET = 0xb1939c5adddec942290b637530898a70f2d32453e5241f30a0550780e7586b07n;

const VECTORS: Readonly<Record<string, Vector>> = {
  V1: {
    ...APPLE,
    protocol: 's2k',
    secret: BigInt(
      '68904584212632711344025279056640231289705742384017351813162083491302944251940302729231762211231751112844100501' +
        '05182012064914615638511118563376424410396077247837630491042390822875998544481905612640532561392642924163293659' +
        '54719386269642384144280462897245515965374913800201833946279040840088665167519136338567344597279255392988292453' +
        '73450013899847032191864197630850406664512739979387847516761255339210146993621049002507699698796860620418677253' +
        '44554417256951627285212117165488519048563216749723980304928707578373512896620687974942485614711667338735298519' +
        '701374178873163381284898575130291172102593207323106341652628126448',
    ),
    a: 'ZkV+rXv+QSLrX5QowT1kXhGsnAf3eOwcD+N0erUBK1iCSRgKWgn/bBh4CvcYpmWm7zDgIRvFpwoxhrZxbHZYHzGaikwcTiJ/bdOWs/7cNatUuGy5d94YjMLZ0QIsSBSZq7OgO9Q5LU6QBW/fp6Z6qfNB3Rq03tCitZ6IU4JzqePbTNhor7eHiOl3OdTcwtFLaa6xrEVxBFkEN5PQOpnohSLWJmpqI8lpDkhePHENTkRZakwZARQhmNZ7aUbF+mBRR9v6PcQKDoDaXQuA4HOD2Gx6gwUfvLwq8yyPFf5RIUeVqIZIb7qvI32vR6iBhD6eKQgnAYbv8MooA+JDtk77ow==',
    b: 'MpKgjml5xFojqbBERp8Rl0GpHzdHhuiNIEkCx9tl0Wpk4zo5MxhTC34b0HnUXPCtIlHTWUUz00n2JyhySIQ+SGprKa/wkod8NzxjeorKuOx/+wsPqS/jZTfb8i9t5iW5lVB7eROg8QYB4gsIn8Bk9zWYExFuuPgL1iYAthYHOlmwAKqsRDX/gSumv0TznUGp9GDrhd9MSXrfIBAY2GN5LPNMR7N84h76PRLF7BgNff7BwC2YLOHVccDb9Axkl5CEuvRxEHx454ju7DtUdinFlZRT7zo4DnLv9msUCubl6djnz/ojhsK+apEw6nHJGT+NhNUsMimfS2Ci4gzTdkey0Q==',
    m1: 'coyV+RHVthWQnlSLUkKhacb66BZSYknWk4Qor/mdoXk=',
    m2: 'w33fr1kA6h+CNOILqTdVfprACbbZiIWNuh6gGHICfgA=',
  },
  V2: {
    ...APPLE,
    protocol: 's2k',
    secret: APPLE_SECRET,
    a: APPLE_A,
    b: APPLE_B,
    m1: 'c7xNNtQ02CHddhMYWL8AyB9jRmztWI0qfS/kNSI3by8=',
    m2: 'yG2kI90zLXED2pa6BmrAo9J7Ux2qiv6y/GtkblxsZhU=',
  },
  V3: {
    ...APPLE,
    protocol: 's2k_fo',
    secret: APPLE_SECRET,
    a: APPLE_A,
    b: APPLE_B,
    m1: 'NwPNryBXly69Pj+iD1+lJ6lAPdJm8y7rzrif7YaVYH8=',
    m2: 'ScB+7V2jYsBaErwh7Ll/RFWHkOZZIgg0atsbFqreNf0=',
  },
  V4: {
    ...DOE,
    password: 'correct horse battery staple',
    iteration: 20064,
    protocol: 's2k',
    secret: DOE_SECRET,
    b: 'eZGuvu68F2dvxgYKRpa706FPrCJNM1Z8d5uThj+Zz8IHAPixeLGmrTeKGHiskVZNz5dlqC4qTpsS+x3nfciDvfjA+NXAQYwjVWnA5eGcEkGNfkFBYxl/MywRvGdq2LcJblUeUDkyGeuyxbyNwUbvyRhvmWN13jWTDFTDcF99+P/WJSnieBFn99T4AKgbvoYKKYFafZquTJWfmnw6BAAOArjLfkpFNwcS9Rws5oBeJglosnRpXnoVh4H3MzbB5VjcCVB0Nh2HXdKtEtf4FIBDviud4dw3vKs8EhmkTzt6XEVf5ei0fqr/cGkzDcbD/guXdqoa1jKwowceOYDpuHzqCA==',
    x: '5403ace744d21c22ad34783274c521bc0782572d3e4100c3b3c102ca4d3391f6',
    u: '2a901a7d553b7e17619b63887c3f1e2868eebfe382bd5828e68837df87c5afbe',
    m1: 'LugCqj5DjghddO2tY+7j485pig6ZqGL8J/JtHykID5w=',
    m2: 'J9PspWicRXUhysJ/BS8Hi8eTQNU/PGULsVcoL2Z3h/0=',
  },
  V5: {
    ...DOE,
    password: 'correct horse battery staple',
    iteration: 20064,
    protocol: 's2k_fo',
    secret: DOE_SECRET,
    b: 'M+sMlKq1TkEAfsjeYsD0yjDO+SPg3lB1HGG8DY28mQKnrCZFYSdXCrRwO7Eq5Sw5KvKfALVNze2cszQEtT2IIQkmwdBGF0e1RwZpDjisA+lt1AWlEzSuBoyv3idpWyHCmeRzo/Op0akAL/g4ygQqqjdPVTxDTAx8qW6rp+oxMt8FQAZK4jMKEX/8DaOGonWxKVyI+HJ6H2hgohM/2fZT8c353prRuuUXuorrlrXxMu3c2s6v0gb3ywvGiv9buZsQXKB0TH9USc8UnWYr7JpL6ZWH/RFayeUG7suzVPcQIrWTOXnHlPNPYuk0OkRhG0vz+6ncBdoSKplTtgt3CkdW+A==',
    x: 'd6d393914cf99c422313c433ed0ee2530daf337330635e6257895d56a527ae64',
    u: 'eb921883d41554b37792bf777316ced302cb7728890bed1a9c29836cd9af5f73',
    m1: '4tXVB6SZCuhKFfgMhNAyORgva6DsdEwEmCaqS5C4tyc=',
    m2: 'rc8ZngMSpkF2JqtENmfwXfh8M7VSEbyzXDndXk1xqNA=',
  },
  'V6, with a leading zero in B': {
    ...DOE,
    password: 'pw',
    iteration: 1000,
    protocol: 's2k',
    secret: DOE_SECRET,
    b: '5RFZoJxgFTh9sbFoAjcMq7RC5Qc80FOM+BYSdub4cQJe6r21ye1OPwPsy9a30mzqyCqiWpDSXW7L17Ul459eywsgEGhe7slqH4NVxirYdeOcV/p3klQuPGQXL78cTWJhlN2jEIRGoIpi2cuhdCAqsDIairSpOPttt+3Qb/fsk0IVEjyw4b7ytuRumWM/IKpPyZoGY6lTE9/7eHIb+DM4HmV28Z3KoK3yh9XPiG2HcKsU84ax4X1NZYWwYnAp+sTEyfhLuL9HOzCC0OgPZU8zAw9iXRLECjXV5+dsV2KGCaMOIL8DccsEkWZtJgQXO6lQpza1mZ2H+z8pl2Z3oJ57',
    m1: 'ZlCuEIqUKgvG8alp4klJrcuza0htyp0IEsVVnrKtYTo=',
    m2: '14In+Q26nkUxO3knz/uSWuCKfK5DojEnDXiK4cB6XZw=',
  },
};

describe.each(Object.entries(VECTORS))('%s', (_, vector) => {
  const salt = Buffer.from(vector.salt, 'base64');
  const b = Buffer.from(vector.b, 'base64');
  // the vectors know the client's secret and not the server's, so the shared secret is computed as the client does
  const known = proofsOf(vector.secret, { ...vector, salt, b });

  test('both sides find the same verifier', async () => {
    const { protocol, iteration: iterations, password } = vector;
    expect(await passwordVerifier(password, { protocol, iterations, salt })).toBe(known.verifier);
  });

  test('every value the vector names comes out', () => {
    const { accountName } = vector;
    const { m1, m2 } = clientProofs({ accountName, salt, a: known.A, b: known.B, shared: known.shared });
    const found = {
      a: publicValue(vector.secret).toString('base64'),
      x: known.x.toString(16),
      u: scrambler(known.A, known.B).toString(16),
      m1: m1.toString('base64'),
      m2: m2.toString('base64'),
    };
    const named = Object.entries(found).filter(([name]) => name in vector);
    expect({ ...vector, ...Object.fromEntries(named) }).toEqual(vector);
  });
});

test('a client with the right password is accepted, whatever the secrets; any other is not', async () => {
  const salt = Buffer.from(DOE.salt, 'base64');
  const challenge = { accountName: 'a@example.com', password: 'pw', protocol: 's2k', salt, iteration: 1 } as const;
  const verifier = await passwordVerifier('pw', { ...challenge, iterations: 1 });
  const secret = fc.bigInt({ min: 1n, max: 2n ** 256n });
  fc.assert(
    fc.property(secret, secret, (a, b) => {
      const server = new SrpServer(verifier, salt, publicValue(a), b);
      const right = proofsOf(a, { ...challenge, b: server.publicValue });
      const wrong = proofsOf(a, { ...challenge, b: server.publicValue, password: 'pW' });
      const proofs = (name: string) => ({ accountNames: [name], paddings: ['minimal'] as const });
      expect(server.accepts(proofs('a@example.com'), right.m1, right.m2)).toBe(true);
      expect(server.accepts(proofs('b@example.com'), right.m1, right.m2)).toBe(false);
      expect(server.accepts(proofs('a@example.com'), right.m1, wrong.m2)).toBe(false);
      expect(server.accepts(proofs('a@example.com'), wrong.m1, wrong.m2)).toBe(false);
      expect(server.accepts(proofs('a@example.com'), Buffer.alloc(0), Buffer.alloc(0))).toBe(false);
    }),
    { numRuns: 20 },
  );
});

test('a proof over a B with a leading zero is right in one encoding only, unless both will do', async () => {
  const salt = Buffer.from(DOE.salt, 'base64');
  const challenge = { accountName: 'a@example.com', password: 'pw', protocol: 's2k', salt, iteration: 1 } as const;
  const verifier = await passwordVerifier('pw', { ...challenge, iterations: 1 });
  const server = new SrpServer(verifier, salt, publicValue(DOE_SECRET), secretOfShortValue(verifier));
  expect(server.publicValue.length).toBeLessThan(256);
  const { A: a, B: b, shared } = proofsOf(DOE_SECRET, { ...challenge, b: server.publicValue });
  const accountNames = ['b@example.com', 'a@example.com'];
  const accepted = (proof: 'minimal' | 'padded', ...paddings: ('minimal' | 'padded')[]) => {
    const { m1, m2 } = clientProofs({ accountName: 'a@example.com', salt, a, b, shared }, proof);
    return server.accepts({ accountNames, paddings }, m1, m2);
  };
  expect([accepted('minimal', 'minimal'), accepted('minimal', 'padded')]).toEqual([true, false]);
  expect([accepted('padded', 'padded'), accepted('padded', 'minimal')]).toEqual([true, false]);
  expect([accepted('minimal', 'minimal', 'padded'), accepted('padded', 'minimal', 'padded')]).toEqual([true, true]);
});

test('an A that would make the secret guessable is refused', () => {
  expect(() => new SrpServer(5n, new Uint8Array(16), new Uint8Array(0))).toThrow(RangeError);
});
