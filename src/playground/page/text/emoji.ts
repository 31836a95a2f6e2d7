// Common shortcodes, by Slack's names.

const signs = `
  white_check_mark ✅  heavy_check_mark ✔️  ballot_box_with_check ☑️  x ❌  heavy_multiplication_x ✖️
  negative_squared_cross_mark ❎  warning ⚠️  no_entry ⛔  no_entry_sign 🚫  octagonal_sign 🛑  exclamation ❗
  heavy_exclamation_mark ❗  bangbang ‼️  question ❓  grey_question ❔  grey_exclamation ❕  information_source ℹ️
  heavy_plus_sign ➕  heavy_minus_sign ➖  recycle ♻️  100 💯  sos 🆘  new 🆕  ok 🆗  up 🆙  arrow_right ➡️
  arrow_left ⬅️  arrow_up ⬆️  arrow_down ⬇️  arrow_upper_right ↗️  arrow_lower_right ↘️  arrows_counterclockwise 🔄
  arrow_forward ▶️  arrow_backward ◀️  rewind ⏪  fast_forward ⏩  double_vertical_bar ⏸️  pause_button ⏸️
  black_square_for_stop ⏹️  stop_button ⏹️  play_or_pause_button ⏯️
  black_right_pointing_double_triangle_with_vertical_bar ⏭️  repeat 🔁  hash #️⃣
`;

const shapes = `
  red_circle 🔴  large_blue_circle 🔵  large_green_circle 🟢  large_yellow_circle 🟡  large_orange_circle 🟠
  large_purple_circle 🟣  large_brown_circle 🟤  white_circle ⚪  black_circle ⚫  large_green_square 🟩
  large_red_square 🟥  large_yellow_square 🟨  large_orange_square 🟧  large_blue_square 🟦  white_large_square ⬜
  black_large_square ⬛  small_red_triangle 🔺  small_red_triangle_down 🔻  large_blue_diamond 🔷
  large_orange_diamond 🔶  small_blue_diamond 🔹  small_orange_diamond 🔸  radio_button 🔘
`;

const time = `
  clock1 🕐  clock2 🕑  clock3 🕒  clock4 🕓  clock5 🕔  clock6 🕕  clock7 🕖  clock8 🕗  clock9 🕘  clock10 🕙  clock11 🕚
  clock12 🕛  clock130 🕜  clock230 🕝  clock330 🕞  clock430 🕟  clock530 🕠  clock630 🕡  clock730 🕢  clock830 🕣
  clock930 🕤  clock1030 🕥  clock1130 🕦  clock1230 🕧  hourglass ⌛  hourglass_flowing_sand ⏳  stopwatch ⏱️
  timer_clock ⏲️  alarm_clock ⏰  watch ⌚  mantelpiece_clock 🕰️  calendar 📆  date 📅  spiral_calendar_pad 🗓️  zzz 💤
  sleeping 😴
`;

const work = `
  construction 🚧  construction_worker 👷  building_construction 🏗️  wrench 🔧  hammer 🔨  hammer_and_wrench 🛠️
  tools 🛠️  gear ⚙️  nut_and_bolt 🔩  toolbox 🧰  rotating_light 🚨  bell 🔔  no_bell 🔕  mute 🔇  speaker 🔈
  loudspeaker 📢  mega 📣  lock 🔒  unlock 🔓  key 🔑  shield 🛡️  rocket 🚀  package 📦  floppy_disk 💾  computer 💻
  desktop_computer 🖥️  satellite_antenna 📡  electric_plug 🔌  battery 🔋  bulb 💡  mag 🔍  mag_right 🔎  link 🔗
  paperclip 📎  pushpin 📌  round_pushpin 📍  bookmark 🔖  label 🏷️  memo 📝  pencil 📝  pencil2 ✏️  clipboard 📋
  page_facing_up 📄  page_with_curl 📃  books 📚  open_book 📖  book 📖  file_folder 📁  card_index_dividers 🗂️
  wastebasket 🗑️  inbox_tray 📥  outbox_tray 📤  envelope ✉️  email 📧  incoming_envelope 📨  phone ☎️  bar_chart 📊
  chart_with_upwards_trend 📈  chart_with_downwards_trend 📉  traffic_light 🚦  vertical_traffic_light 🚥
  checkered_flag 🏁  triangular_flag_on_post 🚩  world_map 🗺️  globe_with_meridians 🌐  earth_africa 🌍
  earth_americas 🌎  earth_asia 🌏  fire_extinguisher 🧯  ladder 🪜  broom 🧹  bug 🐛  test_tube 🧪  microscope 🔬
  thermometer 🌡️  fire 🔥  boom 💥  zap ⚡  snowflake ❄️
`;

const sky = `
  sunny ☀️  partly_sunny ⛅  cloud ☁️  rain_cloud 🌧️  umbrella ☔  rainbow 🌈  ocean 🌊  sunrise 🌅  crescent_moon 🌙
  new_moon 🌑  full_moon 🌕  night_with_stars 🌃  star ⭐  star2 🌟  sparkles ✨
`;

const people = `
  wave 👋  +1 👍  thumbsup 👍  -1 👎  thumbsdown 👎  ok_hand 👌  clap 👏  raised_hands 🙌  raised_hand ✋  hand ✋  pray 🙏
  muscle 💪  point_right 👉  point_left 👈  point_up ☝️  point_down 👇  v ✌️  crossed_fingers 🤞  handshake 🤝  eyes 👀
  eye 👁️  brain 🧠  bust_in_silhouette 👤  busts_in_silhouette 👥  robot_face 🤖  ghost 👻  smile 😄  grinning 😀
  smiley 😃  slightly_smiling_face 🙂  wink 😉  blush 😊  joy 😂  laughing 😆  thinking_face 🤔  sweat_smile 😅
  disappointed 😞  cry 😢  sob 😭  scream 😱  confused 😕  relieved 😌  sunglasses 😎  facepalm 🤦  shrug 🤷
  party_parrot 🦜
`;

const rest = `
  tada 🎉  confetti_ball 🎊  trophy 🏆  medal 🏅  gift 🎁  heart ❤️  green_heart 💚  blue_heart 💙  yellow_heart 💛
  broken_heart 💔  coffee ☕  tea 🍵  beer 🍺  pizza 🍕  cake 🍰  house 🏠  office 🏢  factory 🏭  hospital 🏥  ship 🚢
  airplane ✈️  car 🚗  ambulance 🚑  fire_engine 🚒  turtle 🐢  snail 🐌  whale 🐳  elephant 🐘  penguin 🐧  seedling 🌱
  evergreen_tree 🌲  herb 🌿  dart 🎯  speech_balloon 💬  thought_balloon 💭  left_speech_bubble 🗨️  musical_note 🎵
  movie_camera 🎥  camera 📷
`;

const EMOJI: ReadonlyMap<string, string> = new Map(
  [signs, shapes, time, work, sky, people, rest].flatMap((group) =>
    [...group.matchAll(/(\S+) (\S+)/g)].map(([, name = '', characters = '']) => [name, characters] as const),
  ),
);

/** @param name a shortcode without colons */
export function isEmoji(name: string): boolean {
  return EMOJI.has(name);
}

/** The characters of a shortcode (without colons); `:name:` if it is unknown. */
export function emoji(name: string): string {
  return EMOJI.get(name) ?? `:${name}:`;
}

/** Shortcodes that contain `typed`, those that begin with it first. */
export function searchEmoji(typed: string, limit: number): string[] {
  const begins: string[] = [];
  const contains: string[] = [];
  for (const name of EMOJI.keys()) {
    if (name.startsWith(typed)) begins.push(name);
    else if (name.includes(typed)) contains.push(name);
  }
  return [...begins, ...contains].slice(0, limit);
}
