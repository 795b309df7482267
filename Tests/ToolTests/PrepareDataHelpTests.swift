import Testing

/// The help that users read is part of what the tool promises, so a change of it has to be seen here.
@Suite("prepare-data --help")
struct PrepareDataHelpTests {
    @Test("prepare-data --help")
    func overview() async throws {
        let help = try await ToolProcess.run("prepare-data", "--help")
        #expect(help.status == 0 && help.errors.isEmpty)
        #expect(
            help.output == """
            OVERVIEW: Make question sets, as JSONL and as token ids, from published data
            files or embedded facts.

            Input files may be plain or inside .zip, .tar.gz, .gz, .bz2 or .xz; what a file
            is, is told by its content. Each command writes run-COMMAND.json beside its
            output, with all settings and the digests of all files. Where the published
            files are, and under which licence: data/sources.tsv.

            USAGE: prepare-data <subcommand>

            OPTIONS:
              --version               Show the version.
              -h, --help              Show help information.

            SUBCOMMANDS:
              zsre                    Make a stream of edits, and a holdout, from zsRE
                                      questions.
              nq                      Make the upstream set, which editing must not harm,
                                      from Natural Questions.
              facts                   Make files in the published layouts from facts and
                                      question templates.

              See 'prepare-data help <subcommand>' for detailed help.

            """)
    }

    @Test("prepare-data zsre --help")
    func zsre() async throws {
        let help = try await ToolProcess.run("prepare-data", "zsre", "--help")
        #expect(help.status == 0 && help.errors.isEmpty)
        #expect(
            help.output == """
            OVERVIEW: Make a stream of edits, and a holdout, from zsRE questions.

            Reads the JSONL of De Cao et al. and MEND (input, output, filtered_rephrases)
            and the JSON of MEND's evaluation rows (src, answers, rephrase). Writes
            edits.jsonl in stream order and, for the split generalization, holdout.jsonl;
            with --tokenizer the same as edits.safetensors and holdout.safetensors.

            The splits take the first questions that have enough rephrasings; each
            rephrasing is an edit:
              main              200 questions,  5 rephrasings:  1,000 edits
              generalization  1,000 questions, 10 rephrasings:  5,000 edits, 5,000 held out
              long            2,000 questions,  5 rephrasings: 10,000 edits

            In the split generalization, which rephrasings of a question are held out is
            drawn by seed. A rephrasing that is equal to its question or to another
            rephrasing of it does not count.

            USAGE: prepare-data zsre [<options>] --input <file> --output <folder>

            OPTIONS:
              -i, --input <file>      The file to read.
              --member <name>         The member to read of an archive that has several.
              -o, --output <folder>   The folder to write to.
              --split <split>         Which split of the paper to make. (values: main,
                                      generalization, long; default: main)
              --questions <count>     Questions to use, instead of the split's number.
              --rephrasings <count>   Rephrasings to use of each question, held-out ones
                                      included.
              --minimum-rephrasings <count>
                                      Rephrasings that a question must have to be used.
              --shuffle/--no-shuffle  Put the edits into an order drawn by seed. (default:
                                      --shuffle)
              --tokenizer <folder>    Write token ids too, by the spiece.model in this
                                      folder.
              --max-length <tokens>   Tokens of an input at most, </s> included; longer
                                      ones are cut. (default: 20)
              --max-label-length <tokens>
                                      Tokens of a label at most, </s> included; longer ones
                                      are cut. (default: 20)
              --seed <seed>           The seed of all randomness. (default: 0)
              -q, --quiet             Print only warnings and errors.
              -v, --verbose           Print details of what is done.
              --version               Show the version.
              -h, --help              Show help information.


            """)
    }

    @Test("prepare-data nq --help")
    func nq() async throws {
        let help = try await ToolProcess.run("prepare-data", "nq", "--help")
        #expect(help.status == 0 && help.errors.isEmpty)
        #expect(
            help.output == """
            OVERVIEW: Make the upstream set, which editing must not harm, from Natural
            Questions.

            Reads MEND's JSON ({"questions": [...], "answers": [...]}, optionally "groups")
            and the JSONL of NQ-open (question, answer). Writes upstream.jsonl and, with
            --tokenizer, upstream.safetensors, in the order of the file.

            USAGE: prepare-data nq --input <file> [--member <name>] --output <folder> [--count <count>] [--all] \
            [--name <name>] [--tokenizer <folder>] [--max-length <tokens>] [--max-label-length <tokens>] [--seed \
            <seed>] [--quiet] [--verbose]

            OPTIONS:
              -i, --input <file>      The file to read.
              --member <name>         The member to read of an archive that has several.
              -o, --output <folder>   The folder to write to.
              --count <count>         Questions to draw by seed, without replacement.
                                      (default: 1000)
              --all                   Take every question.
              --name <name>           The name of the set, and of its files. (default:
                                      upstream)
              --tokenizer <folder>    Write token ids too, by the spiece.model in this
                                      folder.
              --max-length <tokens>   Tokens of an input at most, </s> included; longer
                                      ones are cut. (default: 20)
              --max-label-length <tokens>
                                      Tokens of a label at most, </s> included; longer ones
                                      are cut. (default: 20)
              --seed <seed>           The seed of all randomness. (default: 0)
              -q, --quiet             Print only warnings and errors.
              -v, --verbose           Print details of what is done.
              --version               Show the version.
              -h, --help              Show help information.


            """)
    }

    @Test("prepare-data facts --help")
    func facts() async throws {
        let help = try await ToolProcess.run("prepare-data", "facts", "--help")
        #expect(help.status == 0 && help.errors.isEmpty)
        #expect(
            help.output == """
            OVERVIEW: Make files in the published layouts from facts and question
            templates.

            Writes zsre.jsonl (De Cao's layout) from the facts of the set edit and nq.json
            (MEND's layout) from those of the set upstream, for the commands zsre and nq to
            read, and names.txt, all subjects and answers in alphabetical order, for
            pretrain --text. The facts are a table with the columns set, relation, subject
            and answer, the templates one with relation and template, {} standing for the
            subject.

            USAGE: prepare-data facts [--facts <file>] [--questions <file>] --output <folder> [--phrasings <count>] \
            [--seed <seed>] [--quiet] [--verbose]

            OPTIONS:
              --facts <file>          The table of facts. (default: data/facts.tsv)
              --questions <file>      The table of question templates. (default:
                                      data/questions.tsv)
              -o, --output <folder>   The folder to write to.
              --phrasings <count>     Phrasings of each upstream fact, drawn by seed; edit
                                      facts get all there are. (default: 10)
              --seed <seed>           The seed of all randomness. (default: 0)
              -q, --quiet             Print only warnings and errors.
              -v, --verbose           Print details of what is done.
              --version               Show the version.
              -h, --help              Show help information.


            """)
    }
}
