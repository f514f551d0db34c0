import { type Circle, distanceKm, type Point } from '../../shared/geo.ts';

/** How far from `point` its country reaches: the radius of an answer that knows the country only. */
export function countryRadiusKm(country: string | undefined, point: Point): number {
  const circle = country === undefined ? undefined : CIRCLES.get(country);
  return circle ? Math.ceil(distanceKm(circle, point) + circle.radiusKm) : UNKNOWN_KM;
}

/** Points at which databases put what they know only the country of, however they name them. */
export function isCentroid({ lat, lon }: Point): boolean {
  return CENTROIDS.some((known) => Math.abs(known.lat - lat) < 0.002 && Math.abs(known.lon - lon) < 0.002);
}

const UNKNOWN_KM = 2_500;

// MaxMind's middle of the United States until 2016 and since then (Fusion 2016-04, "How an internet mapping glitch turned a random
// Kansas farm into a digital hell"), and the geographic middle (39°50′N 98°35′W) that others take.
const CENTROIDS: readonly Point[] = [
  { lat: 38, lon: -97 },
  { lat: 37.751, lon: -97.822 },
  { lat: 39.8333, lon: -98.5855 },
];

// Country, latitude, longitude, kilometers. The smallest circle around the places that DB-IP city Lite 2026-06 (CC BY 4.0) knows of a
// country, outliers dropped, a tenth added; by the map where it knows few. France and others without far territories of their own code.
const SIZES = `
AD 42.5 1.6 50;AE 24.9 54.5 250;AF 34 66.5 800;AG 17.3 -61.8 60;AI 18.2 -63.1 50;AL 41.1 19.9 190;
AM 40.1 45.1 170;AO -12 18 1000;AQ -85 0 3500;AR -38.5 -65.5 2040;AS -13.5 -170 400;AT 47.8 13.3 340;
AU -26.5 134 2400;AW 12.5 -70 50;AX 60.2 19.8 50;AZ 40 47.6 270;BA 44.1 17.3 220;BB 13.2 -59.5 50;
BD 23.6 90.5 420;BE 50.4 4.3 180;BF 11.4 -2.2 340;BG 43 25.4 310;BH 26.2 50.6 50;BI -3.5 29.7 100;
BJ 8.7 2.5 320;BL 17.9 -62.8 50;BM 32.3 -64.8 50;BN 4.8 114.6 80;BO -16 -64.1 850;BQ 14.9 -65.8 480;
BR -13.9 -53.5 2860;BS 24.9 -76.9 310;BT 26.9 90.4 170;BV -54.4 3.4 50;BW -22 24 600;BY 53.1 27.9 370;
BZ 17.3 -88.6 170;CA 60 -92 3100;CC -12.2 96.8 50;CD -3 23.5 1300;CF 6.6 20.9 750;CG -0.8 15.2 650;
CH 46.6 8.2 220;CI 7.3 -5.4 410;CK -15.1 -158.8 790;CL -36 -85.1 2770;CM 7.5 12.4 670;CN 36.5 103.7 2900;
CO 6 -74.6 780;CR 9.8 -84.2 250;CU 21.4 -79.5 560;CV 16.1 -24.2 190;CW 12.2 -69 50;CY 35.1 33.3 120;
CZ 50 15.5 290;DE 51.2 10.3 520;DJ 11.7 42.5 150;DK 56 11.8 280;DM 15.4 -61.4 50;DO 19 -70.1 240;
DZ 28 2.6 1200;EC -1 -83.2 980;EE 58.8 25.3 220;EG 27.5 29.4 700;EH 24.5 -13.5 550;ER 15.3 38.9 500;
ES 35.9 -8.2 1450;ET 9.2 39.6 650;FI 64.9 23.8 660;FJ -15.3 177.7 380;FK -51.7 -59.5 200;
FM 7.6 150.6 1560;FO 61.9 -6.7 80;FR 45.3 2.6 750;GA -0.8 11.7 450;GB 53.8 -4.3 600;GD 12.2 -61.6 60;
GE 42.5 43 310;GF 4.9 -53.1 160;GG 49.6 -2.4 50;GH 8 -1.2 420;GI 36.1 -5.3 50;GL 72 -40 1400;
GM 13.3 -15.5 180;GN 9.7 -11.6 400;GP 17 -62.2 200;GQ 1.5 8.5 500;GR 38.3 24.2 490;GS -55 -34 700;
GT 15.2 -90.4 250;GU 13.5 144.8 50;GW 12 -15 200;GY 5 -59 450;HK 22.4 114.1 50;HM -53.1 73.5 50;
HN 14.9 -86.5 350;HR 44.3 16.4 310;HT 18.9 -72.9 160;HU 47.5 19.4 310;ID -1.4 117.8 2910;IE 53.4 -8.3 270;
IL 31.4 35.4 260;IM 54.2 -4.6 50;IN 21.8 81.6 1820;IO -7.3 72.4 50;IQ 33.2 43.7 600;IR 32.5 53.2 1220;
IS 65.3 -18.8 290;IT 41.5 11.5 760;JE 49.2 -2.1 50;JM 18.1 -77.3 150;JO 31.1 35.4 230;JP 34.3 133.4 1620;
KE 0.4 38.5 630;KG 41.3 74.5 400;KH 12.7 104.8 320;KI -1 -171.2 1990;KM -12 43.9 110;KN 17.3 -62.7 50;
KP 40.1 126.9 450;KR 35.9 127.4 380;KW 29.3 47.8 110;KY 19.5 -80.6 120;KZ 48 67.5 1600;LA 18.2 104 550;
LB 33.8 35.7 130;LC 13.9 -61 50;LI 47.2 9.5 50;LK 7.9 80.4 260;LR 6.5 -9.5 350;LS -29.6 28.2 130;
LT 55.5 23.7 220;LU 49.8 6.2 70;LV 56.5 24.6 270;LY 27 17 1000;MA 29 -8.6 1030;MC 43.7 7.4 50;
MD 47 27.8 210;ME 42.6 19.3 110;MF 18.1 -63.1 50;MG -19 47 900;MH 7.1 171.2 700;MK 41.5 21.7 140;
ML 17 -4 1100;MM 19 96.5 1150;MN 46.8 103 1300;MO 22.2 113.5 50;MP 17 145.7 450;MQ 14.7 -61 60;
MR 20 -10.5 900;MS 16.8 -62.2 50;MT 36 14.4 50;MU -20.1 60.4 380;MV 3.1 73.1 480;MW -13.1 34.1 450;
MX 26.5 -101.6 1860;MY 5.5 109.2 1180;MZ -18.5 36 1100;NA -22 18 950;NC -21.5 166 250;NE 17.5 9.5 950;
NF -29.1 168 50;NG 9.2 8.1 720;NI 12.7 -85.2 290;NL 52.2 5.3 210;NO 64.7 16.1 1000;NP 27.8 84.2 480;
NR -0.5 166.9 50;NU -19.1 -169.9 100;NZ -40.8 171.1 770;OM 21.6 55.1 600;PA 8.3 -80.3 340;
PE -10.9 -75.6 1100;PF -17.6 -142.5 1120;PG -5.8 148.4 900;PH 12.7 121.4 980;PK 30.8 67.8 990;
PL 51.8 18.9 460;PM 46.9 -56.3 50;PN -24.5 -127 450;PR 18.3 -66.3 140;PS 31.9 34.8 120;PT 40.6 -18.9 1190;
PW 7.4 134.5 50;PY -23.7 -57.7 520;QA 25.4 51 110;RE -21.2 55.5 60;RO 45.6 25 430;RS 44.2 20.8 280;
RU 65 95 4500;RW -2.2 29.7 130;SA 24 45 1250;SB -9 160 800;SC -4.6 55.7 60;SD 16 30 1050;SE 61.7 16 820;
SG 1.3 103.8 50;SH -23 -10 2000;SI 46.2 14.9 170;SJ 78.2 18 400;SK 48.6 19.6 240;SL 8.5 -12 220;
SM 43.9 12.5 50;SN 13.8 -14.6 390;SO 5.5 46 1000;SR 4 -56 350;SS 7.3 30.3 600;ST 0.2 6.6 50;
SV 13.6 -88.8 150;SX 18 -63.1 50;SY 35 39 440;SZ -26.5 31.5 90;TC 21.6 -71.7 90;TD 15.4 18.7 950;
TF -45 60 1800;TG 8.6 0.7 340;TH 13.1 100.5 930;TJ 38.8 71 400;TK -9 -171.8 120;TL -8.8 125.8 200;
TM 39 59.5 600;TN 34.8 10.1 330;TO -19 -174.5 450;TR 39.2 35.3 910;TT 10.7 -61.2 110;TV -8 178.5 400;
TW 24.1 120.4 280;TZ -5.7 35.8 800;UA 48.5 30.9 730;UG 0.6 32.2 410;UM 10 -170 4500;US 42.5 -120.5 4730;
UY -32.5 -55.9 350;UZ 41.7 66.1 630;VA 41.9 12.5 50;VC 13.1 -61.2 50;VE 7.4 -66.8 800;VG 18.4 -64.5 50;
VI 18 -64.8 70;VN 16 106 920;VU -16.6 168.5 400;WF -13.7 -177.2 200;WS -13.9 -171.8 60;XK 42.6 20.9 90;
YE 15.6 47.6 700;YT -12.8 45.2 50;ZA -28.5 25 1010;ZM -14 28 800;ZW -18.9 29.3 440
`;

const CIRCLES: ReadonlyMap<string, Circle> = new Map(
  SIZES.trim()
    .split(/;\s*/)
    .map((entry) => {
      const [country = '', lat, lon, radiusKm] = entry.split(' ');
      return [country, { lat: Number(lat), lon: Number(lon), radiusKm: Number(radiusKm) }];
    }),
);
