using CsCheck;
using Lightcone.Figures;

namespace Lightcone.Tests.Figures;

public sealed class TextTests
{
    [Theory]
    [InlineData("Background rejection 1/ε_{B}", 15, 171.5, false)]
    [InlineData("√s = 14 TeV, 550 < p_{T} < 650 GeV", 13, 193.2, false)]
    [InlineData("LorentzNet, AUC 0.9896 ± 0.0006", 13, 195.7, false)]
    [InlineData("boosted trees, 8 variables (measured)", 13, 218.9, false)]
    [InlineData("|m − 173 GeV|, AUC 0.9490 ± 0.0018", 13, 215.9, false)]
    [InlineData("LorentzNet", 14, 73.1, true)]
    [InlineData("Ratio to truth", 13, 74, false)]
    public void Width_of_text_follows_the_measured_table(string text, double size, double width, bool bold) =>
        Assert.Equal(width, TextWidth.Of(text, size, bold), text.StartsWith("Ratio", StringComparison.Ordinal) ? 0.5 : 0.05 + 1e-9);

    [Fact]
    public void Markup_splits_variables_scripts_and_units()
    {
        IReadOnlyList<MarkupRun> runs = Markup.Parse("*p*_{T} [10^{3} GeV], **fast**");
        Assert.Equal(
            [
                new("p", true, false, Script.None), new("T", false, false, Script.Sub), new(" [10", false, false, Script.None),
                new("3", false, false, Script.Super), new(" GeV], ", false, false, Script.None), new("fast", false, true, Script.None),
            ],
            runs);
        Assert.Equal("p_T [10³ GeV], fast", Markup.ToPlain("*p*_{T} [10^{3} GeV], **fast**"));
    }

    [Fact]
    public void An_escaped_name_is_shown_as_it_is() =>
        Check.Sample(Gen.String[Gen.Char["\\*_^{}<>&\"ab c"], 0, 20], name =>
        {
            Assert.Equal(name, Markup.ToPlain(Markup.Escape(name)));
            Assert.Equal(name, System.Net.WebUtility.HtmlDecode(Markup.ToHtml(Markup.Escape(name))));
        });

    [Fact]
    public void Any_markup_at_all_can_be_parsed() =>
        Check.Sample(Gen.String, text => Assert.NotNull(Markup.Parse(text)));
}
