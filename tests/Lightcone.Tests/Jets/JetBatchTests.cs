using Lightcone.Jets;
using Lightcone.Kinematics;

namespace Lightcone.Tests.Jets;

public sealed class JetBatchTests
{
    [Fact]
    public void A_jet_is_the_sum_of_its_constituents()
    {
        var batch = new JetBatch { Rows = [0, 1, 2], Offsets = [0, 2, 2, 3], Momenta = [5, 1, 2, 3, 6, -1, 0, 4, 9, 2, 2, 2] };
        Assert.Equal(new FourMomentum(11, 0, 2, 7), batch.Jet(0));
        Assert.Equal(default, batch.Jet(1));
        Assert.Equal(new FourMomentum(9, 2, 2, 2), batch.Jet(2));
        Assert.Equal([2, 0, 1], Enumerable.Range(0, 3).Select(batch.Multiplicity));
    }

    [Fact]
    public void Selecting_and_joining_keep_every_number_with_its_jet()
    {
        var batch = new NumberedJets(20).Read(3, 10);
        var selected = batch.Select([7, 0, 0, 9]);
        Assert.Equal([10, 3, 3, 12], selected.Rows);
        NumberedJets.AssertWhole(selected);
        var joined = JetBatch.Concatenate([JetBatch.Empty, selected, JetBatch.Empty, batch]);
        Assert.Equal(14, joined.JetCount);
        NumberedJets.AssertWhole(joined);
        Assert.Equal(0, JetBatch.Concatenate([]).JetCount);
        Assert.Same(batch, JetBatch.Concatenate([batch]));
    }
}
