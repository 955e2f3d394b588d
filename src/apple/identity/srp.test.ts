import { describe, expect, test } from 'vitest';
import { passwordKey, type SrpChallenge, SrpClient } from './srp.ts';

/** V1 and V2: values of Apple's server, V3: the same for the other password protocol; V4-V6: computed with pysrp. */
interface Vector {
  readonly name: string;
  readonly account: string;
  readonly password: string;
  readonly a: bigint;
  readonly salt: string;
  readonly iterations: number;
  readonly protocol: SrpChallenge['protocol'];
  readonly A?: string;
  readonly B: string;
  readonly M1: string;
  readonly M2: string;
  readonly p?: string;
}

const peers = { account: 'test@icloud.com', password: 'testPass', salt: 'foI2z4yTi2LkZ+Wrr7HFEQ==', iterations: 20403 };
const a2 =
  4583464597706057374074568200686733333845316356957220074367768845250116954003020789631509921160041128250281115189321084127530556466418206894891765906279948360470987821066372075131278941770946795626302727478894190131926680682722191273867216250892152543053567943074039877468968328059297735718354983367158283181087322686097141645793870364626344374302246144622606785340696269402880773974149060918050546459694416131751963256042025191510245022814863735411041522861008849293340319607550193092573656363442241160172566724626024492443228367796159771603009300820441703601914229690671456525732449870676671357654372201494514766191n;
const A2 =
  'PiY5BMLVXefOjGLtyIW7kpczDJ1xnQa3Re10mramFNJxbpGoZGIIpp/Kt95pUaptMnI93vMs6SiUdUe1956SNjywGCO1HpXepYM9jbDtmaKRrBCoDF8JuCuzPdfYklBY2LfkdjHhDFc0PgosI8CFJ1Rv55fTmGgTkWACQjvjJRU9n1uYqSwej8R3xHy2v0VkT6oRYDm7ZXaiUnI2k9nuVgrD20M2vVzGc6an+Kb3BFYB0BqfqqMGiYkTKAvkc8ohOL54q1HKVAYKdR8KnUQRjSiEGbvVhpvJJc+YSYlrEs6st24IbH7EWyHweoCAHP6soVqtp1DX6ncQxm3iJ9Nwsw==';
const B2 =
  'b44vF54k7KDvvfIeQyEUk90ahsajSqdEv/4kiv/CdPGk0Wf3oVMlGfdrdZtAUrYWD6jzVc4BKbkqsIwZFK7v5o7/bYxYgzllPG5LXO0Ve5Zs4DgZPjFNzb9Ky7kFtC8gl7D5dKmGTxwwiEPRvE6SlmUWOhHTUg2q3EN7cRXV8HkdrYkNONT4ndHKHEuMV6BlVGuNdYDGMSOGidVK1uW1MwxRIzKWZSJLmF4PzUuvT89QWoFzNbDlVRc2R6Xa+sqjMUC9GM5UKcdug9RMLgj7xNXg5HR3HgVyCMe22woaYhpLP1Ak/VpOknXmnBKvEtWu2TIQggEof8CeqasYM8G8qw==';
const a4 = 0xb1939c5adddec942290b637530898a70f2d32453e5241f30a0550780e7586b07n;
const A4 =
  'BWBflk9U4t8Q7VgeAV2UQDoXFbITjMEF7F6ghoYJ2jhEpdWvvg2qEAWMCkrSCRH5RbVw69sWQ9yWOSOiZ23UIdC2oGy8uTFbs57ue/vBUpqCUmMQV2GNM8CPhJK3oSUMfAKZHJ62QoH2H2Nwb7ywr4TxfH5DL2eCTKWPAy3OXOf2ibLU30wqPrL84omZaWtxip3qdAa+Am4TCRpP3tYuTRhtm/rzOxTC/qFwIA0M0Dq4bf5wDHTDWzHVPAG74F3sKQEkCuNqnHYvbWi5ToaZQkTUr6KGKwjjdvZbTyOs8ZJj6aKE1DhWsEukpgtuFF2z8qnxLNBx/Z7do1286Uqf2w==';
const own = { account: 'jdoe@example.com', salt: 'Y0ea1poJCyWCd+yPum+ZQQ==', a: a4, A: A4 };
const horse = { ...own, password: 'correct horse battery staple', iterations: 20064 };

const vectors: readonly Vector[] = [
  {
    name: 'V1 s2k',
    ...peers,
    protocol: 's2k',
    a: 6890458421263271134402527905664023128970574238401735181316208349130294425194030272923176221123175111284410050105182012064914615638511118563376424410396077247837630491042390822875998544481905612640532561392642924163293659547193862696423841442804628972455159653749138002018339462790408400886651675191363385673445972792553929882924537345001389984703219186419763085040666451273997938784751676125533921014699362104900250769969879686062041867725344554417256951627285212117165488519048563216749723980304928707578373512896620687974942485614711667338735298519701374178873163381284898575130291172102593207323106341652628126448n,
    A: 'ZkV+rXv+QSLrX5QowT1kXhGsnAf3eOwcD+N0erUBK1iCSRgKWgn/bBh4CvcYpmWm7zDgIRvFpwoxhrZxbHZYHzGaikwcTiJ/bdOWs/7cNatUuGy5d94YjMLZ0QIsSBSZq7OgO9Q5LU6QBW/fp6Z6qfNB3Rq03tCitZ6IU4JzqePbTNhor7eHiOl3OdTcwtFLaa6xrEVxBFkEN5PQOpnohSLWJmpqI8lpDkhePHENTkRZakwZARQhmNZ7aUbF+mBRR9v6PcQKDoDaXQuA4HOD2Gx6gwUfvLwq8yyPFf5RIUeVqIZIb7qvI32vR6iBhD6eKQgnAYbv8MooA+JDtk77ow==',
    B: 'MpKgjml5xFojqbBERp8Rl0GpHzdHhuiNIEkCx9tl0Wpk4zo5MxhTC34b0HnUXPCtIlHTWUUz00n2JyhySIQ+SGprKa/wkod8NzxjeorKuOx/+wsPqS/jZTfb8i9t5iW5lVB7eROg8QYB4gsIn8Bk9zWYExFuuPgL1iYAthYHOlmwAKqsRDX/gSumv0TznUGp9GDrhd9MSXrfIBAY2GN5LPNMR7N84h76PRLF7BgNff7BwC2YLOHVccDb9Axkl5CEuvRxEHx454ju7DtUdinFlZRT7zo4DnLv9msUCubl6djnz/ojhsK+apEw6nHJGT+NhNUsMimfS2Ci4gzTdkey0Q==',
    M1: 'coyV+RHVthWQnlSLUkKhacb66BZSYknWk4Qor/mdoXk=',
    M2: 'w33fr1kA6h+CNOILqTdVfprACbbZiIWNuh6gGHICfgA=',
  },
  {
    name: 'V2 s2k',
    ...peers,
    protocol: 's2k',
    a: a2,
    A: A2,
    B: B2,
    M1: 'c7xNNtQ02CHddhMYWL8AyB9jRmztWI0qfS/kNSI3by8=',
    M2: 'yG2kI90zLXED2pa6BmrAo9J7Ux2qiv6y/GtkblxsZhU=',
  },
  {
    name: 'V3 s2k_fo',
    ...peers,
    protocol: 's2k_fo',
    a: a2,
    A: A2,
    B: B2,
    M1: 'NwPNryBXly69Pj+iD1+lJ6lAPdJm8y7rzrif7YaVYH8=',
    M2: 'ScB+7V2jYsBaErwh7Ll/RFWHkOZZIgg0atsbFqreNf0=',
  },
  {
    name: 'V4 s2k',
    ...horse,
    protocol: 's2k',
    p: 'ff03ca0d2f92b9c347a290686ad6609775a08b55f8db6002603e616a12006064',
    B: 'eZGuvu68F2dvxgYKRpa706FPrCJNM1Z8d5uThj+Zz8IHAPixeLGmrTeKGHiskVZNz5dlqC4qTpsS+x3nfciDvfjA+NXAQYwjVWnA5eGcEkGNfkFBYxl/MywRvGdq2LcJblUeUDkyGeuyxbyNwUbvyRhvmWN13jWTDFTDcF99+P/WJSnieBFn99T4AKgbvoYKKYFafZquTJWfmnw6BAAOArjLfkpFNwcS9Rws5oBeJglosnRpXnoVh4H3MzbB5VjcCVB0Nh2HXdKtEtf4FIBDviud4dw3vKs8EhmkTzt6XEVf5ei0fqr/cGkzDcbD/guXdqoa1jKwowceOYDpuHzqCA==',
    M1: 'LugCqj5DjghddO2tY+7j485pig6ZqGL8J/JtHykID5w=',
    M2: 'J9PspWicRXUhysJ/BS8Hi8eTQNU/PGULsVcoL2Z3h/0=',
  },
  {
    name: 'V5 s2k_fo',
    ...horse,
    protocol: 's2k_fo',
    p: '27f6d13258d87b83760c74468e79b463e4f8efd544327cfeff788d77c8b7268b',
    B: 'M+sMlKq1TkEAfsjeYsD0yjDO+SPg3lB1HGG8DY28mQKnrCZFYSdXCrRwO7Eq5Sw5KvKfALVNze2cszQEtT2IIQkmwdBGF0e1RwZpDjisA+lt1AWlEzSuBoyv3idpWyHCmeRzo/Op0akAL/g4ygQqqjdPVTxDTAx8qW6rp+oxMt8FQAZK4jMKEX/8DaOGonWxKVyI+HJ6H2hgohM/2fZT8c353prRuuUXuorrlrXxMu3c2s6v0gb3ywvGiv9buZsQXKB0TH9USc8UnWYr7JpL6ZWH/RFayeUG7suzVPcQIrWTOXnHlPNPYuk0OkRhG0vz+6ncBdoSKplTtgt3CkdW+A==',
    M1: '4tXVB6SZCuhKFfgMhNAyORgva6DsdEwEmCaqS5C4tyc=',
    M2: 'rc8ZngMSpkF2JqtENmfwXfh8M7VSEbyzXDndXk1xqNA=',
  },
  {
    name: 'V6 s2k, a server value of 255 bytes',
    ...own,
    password: 'pw',
    iterations: 1000,
    protocol: 's2k',
    B: '5RFZoJxgFTh9sbFoAjcMq7RC5Qc80FOM+BYSdub4cQJe6r21ye1OPwPsy9a30mzqyCqiWpDSXW7L17Ul459eywsgEGhe7slqH4NVxirYdeOcV/p3klQuPGQXL78cTWJhlN2jEIRGoIpi2cuhdCAqsDIairSpOPttt+3Qb/fsk0IVEjyw4b7ytuRumWM/IKpPyZoGY6lTE9/7eHIb+DM4HmV28Z3KoK3yh9XPiG2HcKsU84ax4X1NZYWwYnAp+sTEyfhLuL9HOzCC0OgPZU8zAw9iXRLECjXV5+dsV2KGCaMOIL8DccsEkWZtJgQXO6lQpza1mZ2H+z8pl2Z3oJ57',
    M1: 'ZlCuEIqUKgvG8alp4klJrcuza0htyp0IEsVVnrKtYTo=',
    M2: '14In+Q26nkUxO3knz/uSWuCKfK5DojEnDXiK4cB6XZw=',
  },
];

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');
const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64');
const challengeOf = (vector: Vector): SrpChallenge => ({
  salt: bytes(vector.salt),
  iterations: vector.iterations,
  protocol: vector.protocol,
  b: bytes(vector.B),
});

describe('the password proof', () => {
  test.each(vectors)('$name', async (vector) => {
    const client = new SrpClient(vector.a);
    if (vector.A) expect(base64(client.publicValue)).toBe(vector.A);
    const proof = await client.prove(vector.account, vector.password, challengeOf(vector));
    expect(base64(proof.m1)).toBe(vector.M1);
    expect(base64(proof.m2)).toBe(vector.M2);
    expect(proof.ambiguous).toBe(bytes(vector.B).length < 256);
  });

  test.each(vectors.filter((vector) => vector.p))('password key of $name', async (vector) => {
    expect((await passwordKey(vector.password, challengeOf(vector))).toString('hex')).toBe(vector.p);
  });

  test.each(vectors)('$name: the padding matters exactly where sources disagree about it', async (vector) => {
    const client = new SrpClient(vector.a);
    const proof = await client.prove(vector.account, vector.password, challengeOf(vector), 'padded');
    expect(base64(proof.m1) !== vector.M1).toBe(proof.ambiguous);
    expect(base64(proof.m2) !== vector.M2).toBe(proof.ambiguous);
  });

  test('the public value always fills 256 bytes', () => {
    expect(new SrpClient().publicValue).toHaveLength(256);
  });

  test.each([
    ['zero', Buffer.alloc(256)],
    ['N and above', Buffer.alloc(256, 0xff)],
  ])('a server value of %s is refused', async (_, b) => {
    const challenge: SrpChallenge = { salt: Buffer.alloc(16, 1), iterations: 1000, protocol: 's2k', b };
    await expect(new SrpClient().prove('jane@example.com', 'pw', challenge)).rejects.toThrow(/out of range/);
  });

  test('an absurd number of rounds is refused before any hashing', async () => {
    const challenge: SrpChallenge = {
      salt: Buffer.alloc(16, 1),
      iterations: 2_000_000_000,
      protocol: 's2k',
      b: Buffer.alloc(256, 1),
    };
    await expect(new SrpClient().prove('jane@example.com', 'pw', challenge)).rejects.toThrow(/2000000000 rounds/);
  });
});
