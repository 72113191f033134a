/** The built-in video models, in the shape of `/videos/models`. */

/** @import { VideoModelRow } from "../simulator.d.ts" */

/**
 * @param {Partial<VideoModelRow> & { id: string }} given
 * @returns {VideoModelRow}
 */
export function completeVideoRow(given) {
  return {
    canonical_slug: given.id,
    hugging_face_id: null,
    name: given.id,
    created: 1767225600,
    description: "A video model of the simulator.",
    supported_resolutions: ["720p", "1080p"],
    supported_aspect_ratios: ["16:9", "9:16"],
    supported_sizes: ["1280x720", "720x1280", "1920x1080", "1080x1920"],
    supported_durations: [4, 6, 8],
    supported_frame_images: ["first_frame", "last_frame"],
    upscale_factor: null,
    creativity: null,
    generate_audio: true,
    seed: true,
    pricing_skus: { duration_seconds: "0.1" },
    allowed_passthrough_parameters: [],
    ...given,
  };
}

export const BUILT_IN_VIDEO_ROWS = [
  completeVideoRow({
    id: "google/veo-3.1-fast",
    canonical_slug: "google/veo-3.1-fast-20260320",
    name: "Google: Veo 3.1 Fast",
    created: 1774000000,
    description: "Stands in for a quick model with sound, first and last frames.",
    pricing_skus: { duration_seconds_with_audio: "0.15", duration_seconds_without_audio: "0.1" },
    allowed_passthrough_parameters: ["personGeneration", "negativePrompt"],
  }),
  completeVideoRow({
    id: "alibaba/wan-2.6",
    canonical_slug: "alibaba/wan-2.6-20260327",
    name: "Alibaba: Wan 2.6",
    created: 1774659190,
    description: "Stands in for a model of two lengths, priced by resolution.",
    supported_durations: [5, 10],
    supported_frame_images: ["first_frame"],
    pricing_skus: { text_to_video_duration_seconds_720p: "0.08", text_to_video_duration_seconds_1080p: "0.12", image_to_video_duration_seconds_720p: "0.10" },
    allowed_passthrough_parameters: ["negative_prompt", "shot_type"],
  }),
  completeVideoRow({
    id: "black-forest-labs/flux-3-video",
    canonical_slug: "black-forest-labs/flux-3-video-20260804",
    name: "Black Forest Labs: FLUX.3 Video",
    created: 1785858831,
    description: "Stands in for a model that is priced in cents and lists no sizes.",
    supported_aspect_ratios: ["21:9", "16:9", "4:3", "1:1", "3:4", "9:16"],
    supported_sizes: null,
    supported_durations: Array.from({ length: 16 }, (_, at) => at + 5),
    seed: false,
    pricing_skus: { cents_per_second_output_720p: "17", cents_per_second_output_1080p: "29" },
    allowed_passthrough_parameters: ["safety_tolerance"],
  }),
  completeVideoRow({
    id: "black-forest-labs/flux-video-upscale",
    canonical_slug: "black-forest-labs/flux-video-upscale-20260819",
    name: "Black Forest Labs: FLUX Video Upscale",
    created: 1787173919,
    description: "Stands in for a model that makes videos larger: no lengths, no frames.",
    supported_resolutions: null,
    supported_aspect_ratios: null,
    supported_sizes: null,
    supported_durations: null,
    supported_frame_images: null,
    upscale_factor: { min: 1.5, max: 3 },
    creativity: [0, 1],
    generate_audio: false,
    seed: false,
    pricing_skus: { cents_per_megapixel_second_precise: "7.5" },
  }),
];
