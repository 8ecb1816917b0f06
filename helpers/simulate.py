"""Simulators, each with its model written down and its sources.

So far: the X-ray attenuation of a lung nodule whose shape is known (`modelled_nodule`, `ct_noise`).

The attenuation model
=====================
Known: the shape, as the share f(x) of each voxel x that the nodule fills (0 to 1), and what
radiologists said of its texture (1 ground glass ... 5 solid) and of its calcification. Modelled:
the attenuation in Hounsfield units (HU).

1. **Tissue inside.** The nodule has a solid core and a ground-glass rim. The core is the deepest
   (texture - 1) / 4 of the volume: nothing at texture 1, half at 3 ("part-solid": both components,
   Hansell et al. 2008, doi 10.1148/radiol.2462070712), all of it at 5. That the share grows
   linearly with the rating is an assumption. The solid part has the attenuation of soft tissue,
   the ground glass -630 HU, as in the phantoms of Xie et al. 2013, doi 10.1007/s00330-012-2570-7.
   Nodules differ: one normal draw per nodule, of standard deviation 18 HU, the spread among
   primary malignancies in Siegelman et al. 1980, doi 10.2214/ajr.135.1.1, shifts both.
2. **Calcium.** Where a pattern is rated, part of the nodule becomes calcium, in the patterns that
   Khan et al. 2010, doi 10.4103/1817-1737.62469, describe: solid (all of it), central (the deepest
   third), laminated (every other of five shells), popcorn (clumps, half of the volume), non-central
   (the third of the volume nearest to a random side). The thirds and halves are assumptions.
3. **Partial volume.** A voxel holds what its parts hold: f(x) nodule(x) + (1 - f(x)) lung.
4. **Blur.** A Gaussian of standard deviation `blur_mm` in all directions: the usual approximation
   of a CT scanner's point spread function, and no more than that (Schwarzband & Kiryati 2005, doi
   10.1088/0031-9155/50/22/007).
5. **Noise.** Gaussian and correlated between neighbours, because the noise of a reconstructed
   image is not white (Kijewski & Judy 1987, doi 10.1088/0031-9155/32/5/003). White noise that
   passed a Gaussian filter of standard deviation s has the autocorrelation exp(-d^2 / (4 s^2)) at
   distance d, so that a correlation r measured at distance d gives s = d / (2 sqrt(-ln r)).

Left out: vessels, airways, the chest wall, beam hardening, motion, slices of different thickness,
dose that differs between patients, and any link between the tissue and the truth about cancer
other than the one that the readers' ratings carry.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter

GROUND_GLASS_HU = -630.0
SPREAD_HU = 18.0
CALCIFICATION = ("popcorn", "laminated", "solid", "non-central", "central", "absent")
"""In the order of the LIDC ratings 1 to 6."""


@dataclass(frozen=True)
class Tissue:
    """What the model takes from a real scan.

    lung, soft, calcium: HU. noise_sd: HU. noise_mm: standard deviation s of the filter that gives
    the noise its grain. blur_mm: standard deviation of the point spread function.
    """

    lung: float
    soft: float
    calcium: float
    noise_sd: float
    noise_mm: float
    blur_mm: float


def grain_mm(correlation: float, distance_mm: float) -> float:
    """The s of step 5 from a correlation (above 0, below 1) measured at a distance in mm."""
    if not 0 < correlation < 1:
        raise ValueError(f"correlation must lie between 0 and 1; got {correlation}.")
    return distance_mm / (2 * np.sqrt(-np.log(correlation)))


def modelled_nodule(share, texture: float, calcification: str, tissue: Tissue, generator,
                    voxel_mm: float = 1.0) -> np.ndarray:  # fmt: skip
    """Steps 1 to 4: HU without noise, float32, in the shape of `share`.

    share: (slices, rows, columns), the part of each voxel that the nodule fills, 0 to 1; at least
        one voxel above 0.5. texture: 1 to 5, a mean of ratings. calcification: one of
        CALCIFICATION. generator: numpy's; one nodule takes the same number of draws whatever its
        ratings. voxel_mm: the edge of a voxel.
    Raises ValueError for an unknown pattern, a texture out of range, or an empty shape.
    """
    if calcification not in CALCIFICATION:
        raise ValueError(f"calcification must be one of {CALCIFICATION}; got {calcification!r}.")
    if not 1 <= texture <= 5:
        raise ValueError(f"texture must lie between 1 and 5; got {texture}.")
    inside = share > 0.5
    if not inside.any():
        raise ValueError("The shape is empty: no voxel is more than half full.")
    shift, direction = generator.normal(scale=SPREAD_HU), generator.normal(size=3)
    clumps = generator.normal(size=(8, 8, 8))
    solid, glass = tissue.soft + shift, GROUND_GLASS_HU + shift
    nodule = np.full(share.shape, solid, dtype=np.float32)
    if texture < 5 or calcification in ("laminated", "central"):
        depth = _depth_rank(share, inside)
        nodule[depth < 1 - (texture - 1) / 4] = glass
    else:
        depth = None
    nodule[_calcified(calcification, inside, depth, direction, clumps)] = tissue.calcium
    mixed = share * nodule + (1 - share) * np.float32(tissue.lung)
    return gaussian_filter(mixed, tissue.blur_mm / voxel_mm, mode="nearest", truncate=3)


def _depth_rank(share, inside) -> np.ndarray:
    """How deep a voxel lies: 0 outside and at the surface, 1 at the deepest; uniform by volume."""
    rank = np.zeros(share.shape)
    # The distance transform is slow: only on the box that holds the nodule, one voxel wider.
    box = tuple(slice(max(i.min() - 1, 0), i.max() + 2) for i in np.nonzero(inside))
    inside, share = inside[box], share[box]
    # The share breaks ties between voxels at the same distance from the surface.
    depth = distance_transform_edt(inside)[inside] + share[inside]
    rank[box][inside] = (depth.argsort(kind="stable").argsort(kind="stable") + 0.5) / len(depth)
    return rank


def _calcified(pattern, inside, depth, direction, clumps) -> np.ndarray:
    """Boolean: where the nodule holds calcium."""
    if pattern == "absent":
        return np.zeros(inside.shape, dtype=bool)
    if pattern == "solid":
        # Voxels at the rim belong to the nodule in part; they get calcium in that part.
        return np.ones(inside.shape, dtype=bool)
    if pattern == "central":
        return inside & (depth > 2 / 3)
    if pattern == "laminated":
        return inside & (np.floor(depth * 5) % 2 == 0)
    if pattern == "popcorn":
        at = [np.arange(n) * 8 // n for n in inside.shape]
        field = gaussian_filter(clumps, 0.5)[np.ix_(*at)]
        return inside & (field > np.median(field[inside]))
    side = np.einsum("i,i...->...", direction, np.indices(inside.shape))
    return inside & (side > np.quantile(side[inside], 2 / 3))


def ct_noise(shape, tissue: Tissue, generator, pixel_mm: float = 1.0) -> np.ndarray:
    """Step 5: noise in HU, float32, for images of `shape` (..., rows, columns).

    Its standard deviation is tissue.noise_sd; images along the leading axes are independent.
    """
    sigma = tissue.noise_mm / pixel_mm
    axes = (len(shape) - 2, len(shape) - 1)
    white = generator.normal(size=shape).astype(np.float32)
    grain = gaussian_filter(white, sigma, mode="wrap", axes=axes)
    # The filter's gain, exactly: the spread of the noise is the asked one for every sigma.
    point = np.zeros(shape[-2:])
    point[0, 0] = 1
    gain = np.sqrt((gaussian_filter(point, sigma, mode="wrap") ** 2).sum())
    return grain * np.float32(tissue.noise_sd / gain)
