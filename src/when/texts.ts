/** All texts of this folder that people read. Parameters are formatted values. */

export const QUESTIONS = {
  morningOrAfternoon: (words: string) => `Is "${words}" in the morning or in the afternoon?`,
  whichOfTwo: 'Which of the two is meant?',
  whichDayIs: (words: string) => `Which day is "${words}"?`,
  isNextDate: (words: string, day: string) => `The next "${words}" is ${day}. Is that meant?`,
  whichDayOfPeriod: (words: string) => `"${words}" is more than one day. Which one?`,
  endOfDay: 'When does the day end?',
  whichWindow: (words: string) => `"${words}" is more than one window. Which one?`,
  atWhatTimeOn: (words: string) => `At what time, "${words}"?`,
  whichDayInZone: (day: string, zone: string, ownDay: string, ownZone: string, words: string) =>
    `It is ${day} in ${zone} and ${ownDay} in ${ownZone}. Which day is "${words}"?`,
  whichMidnight: (day: string) => `Which midnight is meant: the one that begins ${day}, or the one that ends it?`,
  whichNight: (day: string, time: string) => `The night of ${day} has ${time} before it and after it. Which day is it?`,
  nightAlready: (time: string) => `It is night already. Which ${time} is meant?`,
  endInMorningOrAfternoon: (words: string) => `Is the end, "${words}", in the morning or in the afternoon?`,
  isNextDay: (end: string, start: string, day: string, duration: string) =>
    `${end} is not after ${start}. Is ${day} meant, ${duration} later?`,
  whichEndMidnight: (day: string) => `Which midnight is the end: the one that begins ${day}, or the one that ends it?`,
  isEndSoLate: (day: string, days: number) => `The end is ${day}, ${days} days after the start. Is that meant?`,
  atWhatTimeEnds: (words: string) => `At what time does it end, "${words}"?`,
  howLong: 'How long exactly?',
  whatUnit: (value: number) => `"${value}" of what: hours, or minutes?`,
  serviceOrTime: (words: string) => `Is ${words} a service or a time?`,
  whichWeekday: 'On which day of the week?',
  atWhatTime: 'At what time?',
  whichMidnightOfSeries: `Which midnight is meant: the one that begins the day, or the one that ends it?`,
  whichNightOfSeries: (time: string) => `The night has ${time} before and after the day. Which day is meant?`,
  howLongEach: 'How long does each window last?',
  whenStart: 'When does it start?',
  startOrEnd: (day: string) => `Does it start or end on ${day}?`,
  startAndEndTimes: 'At what times does it start and end?',
  whichDay: 'Which day?',
  restOfToday: 'Today has begun already. Is the rest of it meant?',
  whichZone: (abbreviation: string) => `Which ${abbreviation}?`,
  whichSeason: (zone: string, abbreviation: string, offset: string) =>
    `${zone} does not keep ${abbreviation} that day: its clocks show ${offset}. Which time is meant?`,
} as const;

export const REFUSALS = {
  severalStartsAndEnds: 'More than one end is named. Say one start and one end.',
  twoReadings: 'It has two readings.',
  notWholeDays: 'Count whole days, weeks or months.',
  severalDays: 'It is more than one day.',
  weekdayPast: 'That day of this week is past.',
  noSuchDate: (day: number, month: string, days: number) => `There is no ${day} ${month}: ${month} has ${days} days.`,
  noSuchDayOfMonth: (day: number) => `No month has a day ${day}.`,
  noSuchWeekday: (month: string, year: number) => `${month} ${year} has no such day.`,
  twoDays: (first: string, second: string) =>
    `Two days are named: "${first}" and "${second}". Say one, or "from ... to ...".`,
  lastWeekdayPast: (words: string) => `"${words}" is past. For the last one of a month, say the month.`,
  wrongWeekday: (day: string, weekday: string) =>
    `${day} is no ${weekday}. Say the day or the date, or correct one of them.`,
  twoDates: (first: string, second: string) => `Two days are named: ${first} and ${second}.`,
  sayWhichDay: (words: string) => `"${words}" is more than one day. Say which one.`,
  negativeDuration: (words: string) => `"${words}" is less than nothing: a duration is at least a minute.`,
  durationInMonths: (words: string) => `"${words}" has no fixed length. Say it in days, or say the end.`,
  twoDurations: (first: string, second: string) => `Two durations are named: "${first}" and "${second}". Say one.`,
  noDuration: (words: string) => `"${words}" is no time at all: a duration is at least a minute.`,
  durationInSeconds: (words: string) => `"${words}" is not a whole number of minutes.`,
  cronFields:
    'After "cron" come five fields: minute, hour, day of the month, month, day of the week, such as 0 3 * * 0.',
  hourTooLate: (words: string) => `"${words}" is not a time of day: the last one is 23:59.`,
  loneNumber: (value: number) => `"${value}" alone is no time.`,
  past: (words: string, when: string, day: string, time: string) =>
    `${words} is in the past: ${when}. It is ${day}, ${time} there now.`,
  twoTimes: (first: string, second: string) =>
    `Two times are named: "${first}" and "${second}". Say one, or "from ... to ...".`,
  noTime: 'No time is said.',
  nowAndTime: (words: string) => `"now" and "${words}" are two starts. Say one.`,
  delayAndTime: (words: string) => `"${words}" and a time of day are two starts. Say one.`,
  noDay: 'No day is said.',
  noStart: 'No start is said.',
  contradiction: (reason: string) => `${reason} Leave one of the two out.`,
  twoDaysNamed: (first: string, second: string) => `"${first}" and "${second}" are two days. Say one.`,
  endNow: '"now" cannot be the end: nothing starts before it.',
  severalEnds: 'More than one end is named. Say one.',
  noEnd: 'No end is said.',
  endBeforeStart: (end: string, start: string) => `The end, ${end}, is not after the start, ${start}.`,
  nothingLeft: (notices: string, time: string) => `${notices} Nothing is left until ${time}. Say a later end.`,
  durationTooLong: (words: string) => `"${words}" is longer than ten years. Say a shorter time.`,
  notInCalendar: (words: string) => `"${words}" is not in the calendar.`,
  noTimeIn: (words: string) => `No time is said in ${words}. Say when it starts and how long it takes.`,
  notUnderstood: (words: string, verb: string) =>
    `${words} ${verb} not understood. Leave it out, or say it in other words.`,
  inThePast: 'That is in the past. A window starts now or later.',
  whatUnit: (value: number) => `"${value}" of what? Say hours or minutes.`,
  sayOtherwise: (question: string) => `${question} Say it in other words.`,
  tooLong: (length: number, max: number) =>
    `The text has ${length} characters; at most ${max} are read. Keep the time and the name short.`,
  serviceOrTime: (words: string) => `${words} can be a service and a time. Put the service in quotes.`,
  irregular: (words: string, why: string) => `No cron line can say "${words}": ${why}`,
  noFrequency: (words: string) => `"${words}" does not say how often. Say the days, or how often.`,
  singleDay: (words: string) =>
    `"${words}" is one day, and a series goes on until it is ended. Leave it out, or plan one window.`,
  twoRepetitions: (words: string) => `"${words}" says two different repetitions. Say one.`,
  inWhichMonth: 'In which month?',
  noSuchDateAtAll: (day: number, month: string) => `There is no ${day} ${month}.`,
  endOfDayInSeries: '24:00 is the start of the next day. Say that day, and 00:00.',
  minuteOfHour: (words: string) => `"${words}" is a minute of every hour. Say the time of day.`,
  allDayWithTimes: (words: string) =>
    `"${words}" is from midnight to midnight. Leave out the other times, or leave it out.`,
  severalTimesWithEnd: 'A series with several times a day has one duration: say it with "for".',
  durationMismatch: (elapsed: string, duration: string) =>
    `From start to end it is ${elapsed}, and the duration says ${duration}. Say one of the two.`,
  endWithoutStart: 'The end is said, and no start. Say when it starts.',
  secondsInSeries: (words: string) => `A series starts on whole minutes: "${words}" has seconds.`,
  looseTimes: (words: string) => `${words} are two times. Say "from ... to ..." for one window, "... and ..." for two.`,
  endWithoutTime: 'The end has no time of day.',
  endDayOfSeries: (words: string) => `"${words}" ends only a series of one day of the week.`,
  windowsOverlap: (duration: string, apart: string) =>
    `Its windows would overlap: each lasts ${duration}, and the next one starts ${apart} after it.`,
  sayShorter: (reason: string) => `${reason} Say a shorter duration.`,
  noFixedZone: (offset: string) =>
    `No time zone always keeps ${offset}. Say a zone by its name, such as Europe/Berlin.`,
  cronWithTimes: (words: string) =>
    `A cron line says its times itself. Leave out "${words}", and say how long it lasts.`,
  severalSeries: (words: string) =>
    `"${words}" is more than one series: each has its own days and times. Plan one after the other.`,
  unevenInterval: (count: number, unit: string, whole: string, counts: string) =>
    `${count} ${unit} do not divide ${whole}. ${counts} do.`,
  intervalWithRange: (words: string) => `"${words}" with a first and a last time is said best as a cron line.`,
  twoIntervals: (first: string, second: string) => `"${first}" and "${second}" are two repetitions. Say one.`,
  lastTime: (words: string) => `"${words}" is not a time of day: the last one is 23:59, then comes 00:00.`,
  minutesAndSeconds: (words: string) => `"${words}" is not a time of day: minutes and seconds go from 00 to 59.`,
  hoursOfMeridiem: (words: string, hint: string) =>
    `"${words}" is not a time of day: hours with am or pm go from 1 to 12.${hint}`,
  notInPart: (time: string, part: string) => `${time} is not in the ${part}.`,
  notADay: (words: string, why: string) => `"${words}" ${why}`,
  endNotAfterStart: 'The end is not after the start.',
  year9999: 'It would end after the year 9999. Check the year.',
  windowTooLong: (start: string, end: string, duration: string, max: string) =>
    `From ${start} to ${end} it would last ${duration}; at most ${max} are possible.`,
  startInPast: (duration: string, end: string) => `${duration} before ${end} is in the past.`,
  zoneWithoutTime: (words: string) => `"${words}" is a zone, and no time is said.`,
  sayStartAndDuration: (reason: string) => `${reason} Say when it starts and how long it takes.`,
  severalDaysAllDay: (words: string) => `"${words}" is more than one day. Say the first and the last.`,
  dayPast: (day: string) => `${day} is past.`,
  twoZones: (first: string, second: string) => `Two zones are named: "${first}" and "${second}". Say one.`,
  unknownZone: (name: string, hint: string) => `There is no time zone "${name}". ${hint}`,
  wrongOffset: (zone: string, actual: string, given: string) =>
    `${zone} is at ${actual} then, not at ${given}. Leave one of the two out.`,
} as const;

/** Why no cron line can express a recurrence; they follow a colon. */
export const IRREGULARITIES = {
  oneDayAMonth: 'it can say one such day of a month. Plan two series.',
  noTimeAtAll: 'that is no time at all.',
  oneUnit: 'say it in one unit.',
  fewDays: 'every few days it would fall on other days of the month.',
  whichWeek: 'it knows days of the week, and not which week it is.',
  countMonths: 'months can be counted by 2, 3, 4 and 6 within a year.',
  dayOrWeekday: 'it can say a day of the month or a day of the week, and not both at once.',
  whichOne: 'it does not say which one of the month.',
  everyPair: 'it would run on every pair of these days and months. Plan two series.',
  sameMinutes: 'times of one series have the same minutes. Plan two series.',
  weekOrMonth: 'it knows days of the week and of the month, and not which week it is.',
  noDayOfMonth: 'is no day. Say which day of it.',
  notUnderstoodHere: 'is not understood here. Leave it out.',
} as const;

/** What people should know about how their words were understood. */
export const NOTICES = {
  timePassedToday: (later: string, passed: string) => `That time today is past: this is ${later}, after ${passed}.`,
  weekdayIsToday: (weekday: string, day: string) => `${weekday} is today: this is ${day}.`,
  skippedTime: (time: string, day: string, zone: string, instead: string, onDay: string) =>
    `${time} does not exist on ${day} in ${zone}, where the clocks go forward: it is ${instead}${onDay} instead.`,
  repeatedTime: (time: string, day: string, zone: string, pass: string) =>
    `${time} comes twice on ${day} in ${zone}, where the clocks go back: the ${pass} is meant.`,
  otherHalfPast: (words: string, time: string) =>
    `"${words}" is read as ${time}, as the other half of the day is past.`,
  timePassed: (time: string, day: string) => `${time} is past today: this is ${day}.`,
  exactTimes: (words: string) => `"${words}" changes nothing: the times are exact.`,
  firstOfMonth: (months: string) => `No day is said: it runs on the 1st of ${months}.`,
  monthsPassedOver: (day: number) =>
    `Months without a day ${day} are passed over. For the last day of each, say "last day of every month".`,
  fifthWeekday: (weekday: string) => `Months without a fifth ${weekday} are passed over.`,
  leapYears: 'It runs in leap years only.',
  clockChangeOverlap: 'Where the clocks change, two of its windows overlap.',
  zoneAllYear: (zone: string) => `The times are those of ${zone} all year, also when its clocks change.`,
  everyMonth: 'Read as every month. For one window say "of this month" or "of next month".',
  correction: (from: string, to: string) => `"${from}" is read as "${to}".`,
  clocksShow: (zone: string, direction: string, duration: string, time: string) =>
    `The clocks in ${zone} go ${direction} in between: after ${duration} they show ${time}.`,
  clockChange: (zone: string, direction: string, duration: string) =>
    `The clocks in ${zone} go ${direction} in between: it lasts ${duration}.`,
  readAsZone: (words: string, zone: string) => `"${words}" is read as ${zone}.`,
  abbreviationReadAs: (words: string, zone: string) => `${words} is read as ${zone}.`,
} as const;

/** Short texts for buttons, and parts of sentences. */
export const LABELS = {
  everyWeek: (days: string) => `Every week: ${days}`,
  startOfDay: (day: string) => `The start of ${day}`,
  endOfDay: (day: string) => `The end of ${day}`,
  startOfTheDay: 'The start of the day',
  endOfTheDay: 'The end of the day',
  now: 'Now',
  in15Minutes: 'In 15 minutes',
  inAnHour: 'In an hour',
  serviceOrTime: (words: string, isService: boolean) => `${words}: ${isService ? 'the service' : 'the time'}`,
  zoneInPlace: (abbreviation: string, place: string, zone: string) => `${abbreviation} of ${place} (${zone})`,
  zoneNamesLookLike: 'Names look like Europe/Berlin.',
  didYouMean: (names: string) => `Did you mean ${names}?`,
  clocksInZone: (zone: string, offset: string) => `The clocks of ${zone} (${offset})`,
  thatIs: (words: string, offset: string) => `${words}, that is ${offset}`,
} as const;
