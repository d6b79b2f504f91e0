using Lightcone.Cli.Commands;
using Lightcone.Cli.Terminal;
using Lightcone.Evaluation;

namespace Lightcone.Systems.Tests.EndToEnd.Terminal;

public sealed class NumberGridTests
{
    [Fact]
    public void Numbers_of_several_subjects_become_one_table_with_what_others_reached_below()
    {
        var (grids, others) = NumberGrid.Of(
        [
            Measured("auc@t", "AUC, t", 0.8), Measured("auc@w", "AUC, w", 0.7), Measured("sic@t", "gain, t", 2), Measured("sic@w", "gain, w", 1.5),
            Measured("tpr@t", "tail, t", null), Measured("tpr@w", "tail, w", null), Measured("size", "latent numbers", 69), Measured("cut", "divergence, 1 % cut", 0.1),
        ]);
        var references = new List<EvaluationReference> { Reached("auc@t", "jet mass", 0.75), Reached("auc@w", "jet mass", 0.6), Reached("size", "another", 90) };
        var grid = Assert.Single(grids);
        Assert.Equal(
            """
              number  t              w              how
              AUC     0.800 ± 0.020  0.700 ± 0.020  counted
              gain    2.000 ± 0.020  1.500 ± 0.020  counted

            """, Shown(grid.Table()));
        Assert.Equal(
            """
              on the same sample: AUC  t              w
              jet mass                 0.750 ± 0.020  0.600 ± 0.020

            """, Shown(Assert.Single(grid.Tables(references))));
        Assert.Equal(["size", "cut"], others.Select(n => n.Id));
        Assert.Equal(["another"], references.Select(r => r.Name));
    }

    [Fact]
    public void Many_subjects_of_few_quantities_stand_below_one_another()
    {
        string[] subjects = ["mass", "pT", "η"];
        var (grids, _) = NumberGrid.Of([.. subjects.Select(s => Measured("median" + s, $"median, {s}", 0.1)), .. subjects.Select(s => Measured("iqr" + s, $"IQR, {s}", 0.3))]);
        Assert.StartsWith("        median         IQR            how\n  mass  0.100 ± 0.020", Shown(Assert.Single(grids).Table()));
    }

    [Fact]
    public void The_numbers_of_a_tagger_stay_a_list()
    {
        var (grids, others) = NumberGrid.Of([Measured("auc", "AUC", 0.9), Measured("rejection@0.3", "1/*ε*_{B} at *ε*_{S} = 0.3", 100), Measured("rejection@0.5", "1/*ε*_{B} at *ε*_{S} = 0.5", 50)]);
        Assert.Empty(grids);
        Assert.Equal(3, others.Count);
    }

    [Theory]
    [InlineData(0.27891, "0.2789")]
    [InlineData(0.0036217, "0.003622")]
    [InlineData(0.000036217, "3.622e-5")]
    [InlineData(12.3, "12.3000")]
    [InlineData(0, "0.0000")]
    public void A_small_loss_keeps_four_digits(double loss, string shown) => Assert.Equal(shown, TrainingProgress.Digits(loss));

    private static EvaluationNumber Measured(string id, string name, double? value) => new() { Id = id, Name = name, Value = value, Lower = value - 0.02, Upper = value + 0.02, Method = "counted" };

    private static EvaluationReference Reached(string number, string name, double value) =>
        new() { Number = number, Name = name, Value = value, Lower = value - 0.02, Upper = value + 0.02, Source = "the same jets", SameSample = true };

    private static string Shown(TextTable table)
    {
        var results = new StringWriter { NewLine = "\n" };
        var facts = new StreamFacts(IsTerminal: false, Color: false, Width: null, Unicode: true);
        table.Write(new TerminalWriter(results, facts, new StringWriter(), facts));
        return results.ToString();
    }
}
