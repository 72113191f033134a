/**
 * 0.9 seconds of a rising tone as MP3: 16 kHz mono at 16 kbit/s, bare frames without tags. No frame borrows bits from another (`-reservoir 0`),
 * so that copies in a row are one longer recording. Made once with ffmpeg 5.1:
 *
 *     ffmpeg -f lavfi -i "aevalsrc=0.3*sin(2*PI*t*(440+110*floor(t*4))):s=16000:d=0.9" -c:a libmp3lame -b:a 16k -reservoir 0 -write_xing 0
 *       -id3v2_version 0 -map_metadata -1 -fflags +bitexact tone.mp3
 */

import { bytesOfBase64 } from "./media-samples.js";

const BITS_A_SECOND = 16000;

/**
 * @param {number} seconds rounded up to whole copies
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function sampleMp3(seconds) {
  const once = bytesOfBase64(MP3);
  const copies = Math.max(1, Math.ceil((seconds * BITS_A_SECOND) / 8 / once.length));
  const all = new Uint8Array(once.length * copies);
  for (let copy = 0; copy < copies; copy++) all.set(once, copy * once.length);
  return all;
}

const MP3 = `
//MoxAANeALlv0EYAqkAZLv//+AD4Pg+D58EInB85dLg+D4P8EOD7+co8P8HHZQH9YOHMQA/rAhzIA/wIc0B/lPf0JiCmooA//MoxAAN6LKkAZt4AHSYd//6Jy8fgv4yYEOmwJAWIDZj
kKhRyYWA9hyk5CSpfQDwquxK5XQf///3r21oXwVCQNfiU6DSYgpo//MoxAAOqHJEAd4QAf//+4/zWpuBDABAEMBEDowTwBjBOCDMPAoM2aCBjp3KuMdMe4xNg7TDIGFBoUZgiAHhAALR
mnU0dFAo//MoxAANCG48AOf2gf///KMs6SJAgDAoOMACEwWRDEybM++YwzBPUMblCgjAZAIMy8OO48zQU0zcCDglazqyKxSmIKaigAAA//MoxAANsHI4AO/4gf///OMOO3qboUBAwLCs
wkFYxTLczKiYxElWwMkeC5jBFwPU0ekzcVYMpmQx2Bw4GLXdSH4xSDkxBTUU//MoxAANgHo0AOf6gP//+6+CsqlQYAiISixbAykNQg07wLDH8QPo0NwBqMGzAmzHU0TCahAKbA4FJCAi
2WxR+UWL/ExBTUUA//MoxAANeG48AOf4gf///GNM5SKAoAMAA0wOHDCg/Mbo409yzDzUssyCwJbMCRAajDgpNUyYx0XjGQHDAMtV1pbfjJiCmooA//MoxAANoKrVkBvSSxgC//BEQAAE
KgdIDx48eAMr6IodAOTgDDbewFYrFYrFaNvamjRo0bY/MPDw9+YeHn/mHj//MPTEFNRQ//MoxAANsLrtuBNSozgAbbbaOYCAgwEBeYMKVliqW4xjGIJCpq0JCKRSKUSKXiqhQoVgroKC
hR3QUGG/iChT/xBn//UxBTUU//MoxAAN2H4wAO/2oP///+X5a+rRklxgCBCE4AHAwfj8xSqcxfMYwcMAqMssFvzQ7wHMoEQA2+GukihwxEAQ2XXXhJdJiCmg//MoxAANwH44AOf0oP//
/91pTDr9NNTWCASYlCRoxhm9Y2crZhgl4VEYjougGNPhkBgbgHmdvkap6Y84CA7CntZtAt9MQU1F//MoxAANkH48AOf0oP///88O1H3ZQgnAAKMKjUzBMjWtUAT3MCaBfjF+UBYySgII
MERAiTxNjVlzJCDDgSzCYjX5Z1MQU1FA//MoxAANgH44AOe2oP///8qWXP84LIkjQuDjBBBMk340F4DczVMX4dk3y+yzu+IHMX8KA5xLNPIjKAsIHk8G6ODGsUxBTUUA//MoxAAOEH40
AOf2oP///7k3WnnkWuXoAwfMaBQ1mmTnBzObJMwHQL3MLIb3TEgQ7EwFwEYMJgwsjCEnCwgCQNK9Zj33kxBA//MoxAAOEMLFuC4SowsAHLLQPzvD4fD+RgLggeCNTvgIOgHNwA2AMTwU
QBgkxAgQYuRitHq6NG8AMwMzD+h74BmAjw/80xBA//MoxAAOOLbWWBYSpwHEADtt+P1KUygJS6CsI1TxmMlhMXxxl7/6QWBIlxZEiatVCNBQXIJ4FPindFcCXBR0U7oL4T+T+piC//Mo
xAANeJIwAAb8af+DUphgNMBDDIRA0IJN5BD4g8yGwaD2WRmPrsFAyHgIjDNBfMDkHEwAAfBAHmIAPVlR2gu4KpiCmooA//MoxAAOII4wAK/2wf/8tCTANAkDCIEAwqLAMDFsBdRA1p5g
AAgoYCnBBGA0CGhgHYKSYCkBJGsFQG9xccK0wrB3yo7BdMQQ//MoxAANGJIwAAb8af+DEpyEKBAWY4EhEEJeB8omZDQNR7NnFH18EMZEYLJhqA4GCIDsYC4PoADyGAPFtxyhqZrJiCmo
oAAA//MoxAAN0JI4AK/0wP/82FhCyoAIGgYMD4GBx8BgQ7gYLfRgGgYyYP2x1mERBmJgB4HgYBCAwm3Fjak84oS1Iswqiv8TEFNA//MoxAANcJIwAAb8af+C0nCqFhcGARcNPBuomfAm
GQqIqeukbZ9KiYmQ8EIYbIQJgog9mBQD4YDIeIBA7VUicxXwVTEFNRQA//MoxAAOGLK8yGZMxRh8WU1e/ixzTg8ZMz9o4PKkgmLQLrHC9A8XTP4udMOXP5DlkBgPSZPTCGHppx4AjHx2
hEds+B5+aYgg//MoxAANUP8KWDFMkxNqAA/////3lQMAlAwC00j/+EX95fKAQUWAUiyKLEknI05stVOaVBcjgbE0KxOBeHT9Nl7+kxBTUUAA//MoxAANUKI8AAd8iO2ZdDTosyTJEYDA
gIzBMYDFhnTRyMzmk5AN0UdwxMgozCDBQMEICkwIwEjAOADLpN7Hn9l3ExBTUUAA//MoxAAOwKJEAVXwAP/+YFMgYsgZAG3wwGAcFwMUFwDMyqA65wgNTXo4IcGDVWMmMcwS4w1geDAM
AZMCkCUwHwC2BPJHJ2N9//MoxAAOaM6kAYfYAPAYAzxYC/wHi+u3Awks7SmDobsQ4YYanJBLeW/MhKVLp3zcSZTSBKf//////6fogd//0Xo/96L//0Jg//MoxAAOQIrA2cZIAcApy7zM
zMzNVVVVVUzMmkQUAgF5CFQyKULIKFBQUFBIKCgoKFBQUFFQUF8FhBQUdbwUFJ///4KCikxB`;
