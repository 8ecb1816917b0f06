"""helpers.simulate: the attenuation model does what its page says."""

import numpy as np
import pytest

from helpers.simulate import (
    CALCIFICATION,
    GROUND_GLASS_HU,
    SPREAD_HU,
    Tissue,
    ct_noise,
    grain_mm,
    modelled_nodule,
)

TISSUE = Tissue(lung=-850, soft=40, calcium=400, noise_sd=20, noise_mm=0.8, blur_mm=0.6)
SHARP = Tissue(lung=-850, soft=40, calcium=400, noise_sd=20, noise_mm=0.8, blur_mm=1e-6)


def ball(radius=8, size=24):
    """A ball in a cube, as the share of each voxel that it fills."""
    distance = np.linalg.norm(np.indices((size,) * 3) - (size - 1) / 2, axis=0)
    return np.clip(radius + 0.5 - distance, 0, 1).astype(np.float32)


def model(texture=5.0, calcification="absent", tissue=SHARP, seed=0):
    return modelled_nodule(ball(), texture, calcification, tissue, np.random.default_rng(seed))


def test_lung_outside_and_soft_tissue_inside():
    hu = model()
    share = ball()
    assert hu[share == 0] == pytest.approx(-850)
    # One shift for the whole nodule, a few standard deviations at most.
    assert np.ptp(hu[share == 1]) < 1e-3
    assert abs(hu[share == 1].mean() - 40) < 4 * SPREAD_HU


def test_partial_volume_is_the_weighted_mean():
    hu, share = model(), ball()
    edge = (share > 0) & (share < 1)
    inside = hu[share == 1].mean()
    assert hu[edge] == pytest.approx(share[edge] * inside + (1 - share[edge]) * -850, abs=1e-3)


@pytest.mark.parametrize(("texture", "glass"), [(1, 1.0), (2, 0.75), (3, 0.5), (4, 0.25), (5, 0.0)])
def test_texture_gives_the_share_of_ground_glass(texture, glass):
    full = ball() == 1
    shift = model()[full].mean() - SHARP.soft
    found = np.isclose(model(texture)[full], GROUND_GLASS_HU + shift, atol=1).mean()
    # The share is of the whole nodule; its border voxels are not looked at here.
    assert found == pytest.approx(glass, abs=0.25)


def test_more_solid_texture_is_brighter():
    means = [model(texture)[ball() == 1].mean() for texture in (1, 2, 3, 4, 5)]
    assert means == sorted(means)


@pytest.mark.parametrize(
    ("pattern", "share"),
    [("solid", 1), ("central", 1 / 3), ("popcorn", 1 / 2), ("non-central", 1 / 3), ("absent", 0)],
)
def test_the_share_of_calcium(pattern, share):
    inside = ball() > 0.5
    nodule = modelled_nodule(
        (inside).astype(np.float32), 5, pattern, SHARP, np.random.default_rng(0)
    )
    assert (nodule[inside] > 300).mean() == pytest.approx(share, abs=0.02)


def test_blur_lowers_the_peak_of_a_small_nodule():
    small = ball(radius=2)
    sharp, blurred = (
        modelled_nodule(small, 5, "absent", tissue, np.random.default_rng(0)).max()
        for tissue in (SHARP, TISSUE)
    )
    assert blurred < sharp - 20


def test_the_same_generator_gives_the_same_nodule_and_draws_as_often():
    assert np.array_equal(model(seed=3), model(seed=3))
    following = set()
    for pattern in CALCIFICATION:
        generator = np.random.default_rng(0)
        modelled_nodule(ball(), 3, pattern, TISSUE, generator)
        following.add(generator.random())
    assert len(following) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((ball(), 6, "absent"), "texture must lie between 1 and 5"),
        ((ball(), 3, "eggshell"), "calcification must be one of"),
        ((np.zeros((4, 4, 4)), 3, "absent"), "The shape is empty"),
    ],
)
def test_a_nodule_that_makes_no_sense(arguments, message):
    with pytest.raises(ValueError, match=message):
        modelled_nodule(*arguments, TISSUE, np.random.default_rng(0))


def test_noise_has_the_asked_spread_and_grain():
    noise = ct_noise((40, 64, 64), TISSUE, np.random.default_rng(0))
    assert noise.std() == pytest.approx(20, rel=0.02)
    assert abs(noise.mean()) < 1
    neighbours = np.corrcoef(noise[..., 1:].ravel(), noise[..., :-1].ravel())[0, 1]
    assert neighbours == pytest.approx(np.exp(-1 / (4 * 0.8**2)), abs=0.02)
    between = np.corrcoef(noise[1:].ravel(), noise[:-1].ravel())[0, 1]
    assert abs(between) < 0.02


def test_the_grain_follows_from_a_correlation():
    assert np.exp(-(1.3**2) / (4 * grain_mm(0.4, 1.3) ** 2)) == pytest.approx(0.4)
    with pytest.raises(ValueError, match="correlation must lie between 0 and 1"):
        grain_mm(1.0, 1.0)
