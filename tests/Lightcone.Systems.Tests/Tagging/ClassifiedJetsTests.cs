using Lightcone.Systems.Tagging;

namespace Lightcone.Tests.Tagging;

public sealed class ClassifiedJetsTests
{
    [Fact]
    public void Batches_follow_one_another_with_the_kinematics_of_their_jets()
    {
        var jets = new ClassifiedJets(3);
        var batch = ToyClassifier.Batch([2, 0]);
        jets.Add(batch, [1, 2, 3, 4, 5, 6.5]);
        jets.Add(ToyClassifier.Batch([1]), (ReadOnlySpan<float>)[7, 8, 0.1f]);
        Assert.Equal([1, 2, 3, 4, 5, 6.5, 7, 8, 0.1f], jets.Logits);
        Assert.Equal([2, 0, 1], jets.Labels);
        Assert.Equal((3, 3), (jets.Count, jets.Classes));
        Assert.Equal([batch.Jet(0).Pt, batch.Jet(1).Pt], jets.Pt.Take(2));
        Assert.Equal([batch.Jet(0).Mass, batch.Jet(1).Mass], jets.Mass.Take(2));
        Assert.Equal([batch.Multiplicity(0), batch.Multiplicity(1)], jets.Multiplicity.Take(2));
    }

    [Fact]
    public void A_batch_that_cannot_be_judged_leaves_nothing_behind_and_says_why()
    {
        var jets = new ClassifiedJets(2);
        Assert.Contains("lightcone score", Assert.Throws<InputDataException>(() => jets.Add(ToyClassifier.Batch(null, jets: 1), [0.0, 1])).WhatToDo);
        foreach (int label in (int[])[-1, 2])
        {
            var error = Assert.Throws<InputDataException>(() => jets.Add(ToyClassifier.Batch([0, label]), [0.0, 1, 2, 3]));
            Assert.Contains($"Jet 1 has label {label}", error.Message);
            Assert.All((string[])[error.Where, error.LikelyCause, error.WhatToDo], part => Assert.NotEmpty(part));
        }

        foreach (double logit in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
            Assert.Contains("jet 1", Assert.Throws<InputDataException>(() => jets.Add(ToyClassifier.Batch([0, 1]), [0, 1, 2, logit])).Message);
        Assert.Throws<ArgumentException>(() => jets.Add(ToyClassifier.Batch([0]), [0.0, 1, 2]));
        Assert.Equal((0, 0, 0), (jets.Count, jets.Logits.Length, jets.Pt.Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassifiedJets(1));
    }
}
