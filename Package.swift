// swift-tools-version: 6.1
import PackageDescription

// The instruction set that C and Swift code is compiled for. `native` lets Swift emit AVX-512 and fused
// multiply-add where the machine has them; set GRACE_MARCH (for example `x86-64-v3`) to build for another machine.
let march = Context.environment["GRACE_MARCH"] ?? "native"
let forThisMachine: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-march=\(march)"])]

// Numeric kernels are unusable without optimisation, so these modules keep it in debug builds too.
let optimised: [SwiftSetting] = forThisMachine + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let algorithms = Target.Dependency.product(name: "Algorithms", package: "swift-algorithms")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let csv = Target.Dependency.product(name: "SwiftCSV", package: "SwiftCSV")

func module(_ name: String, _ dependencies: [Target.Dependency], _ settings: [SwiftSetting] = forThisMachine) -> Target
{
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tool(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + ["Files", "Tables", "ToolSupport", argumentParser],
        swiftSettings: forThisMachine)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: forThisMachine)
}

let package = Package(
    name: "grace",
    products: [
        .executable(name: "prepare-data", targets: ["prepare-data"]),
        .executable(name: "pretrain", targets: ["pretrain"]),
        .executable(name: "stream-edit", targets: ["stream-edit"]),
        .executable(name: "evaluate", targets: ["evaluate"]),
        .executable(name: "plot-data", targets: ["plot-data"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-algorithms", from: "1.2.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"4.0.0"),
        .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
    ],
    targets: [
        // The only places that see a C header.
        .target(name: "COpenBLAS", linkerSettings: [.linkedLibrary("dl")]),
        .target(name: "CPrefetch"),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "CSentencePiece", cxxSettings: [.unsafeFlags(["-std=c++17"])],
            linkerSettings: [.linkedLibrary("sentencepiece"), .linkedLibrary("sentencepiece_train")]),

        // Bytes on disk, text and tables.
        module("Files", ["CArchive", "CZlib", crypto]),
        module("Tokenizers", ["CSentencePiece"]),
        module("Datasets", ["Files", csv]),
        module("Tables", ["Files"]),
        module("Figures", ["Tables"]),

        // Numbers.
        module("Tensors", ["COpenBLAS", "CPrefetch"], optimised),
        module("Autodiff", ["Tensors"], optimised),
        module("Checkpoints", ["Files", "Tensors"], optimised),
        module("Models", ["Autodiff", "Checkpoints", "Files"], optimised),
        module("Editing", ["Checkpoints", "Files", "Models", "Tables", algorithms], optimised),
        module("Scoring", ["Editing", "Tables", algorithms], optimised),

        // Tools: parse, call, write.
        module("ToolSupport", ["Files", argumentParser]),
        tool("prepare-data", ["Datasets", "Tokenizers", "Checkpoints"]),
        tool("pretrain", ["Datasets", "Tokenizers", "Models", algorithms]),
        tool("stream-edit", ["Editing"]),
        tool("evaluate", ["Scoring", "Datasets", "Tokenizers", algorithms]),
        tool("plot-data", ["Figures", "Datasets"]),

        // No product: Benchmarks/retrieval.py runs it.
        .executableTarget(
            name: "retrieval-benchmark", dependencies: ["Checkpoints", "Editing", "ToolSupport", argumentParser],
            path: "Benchmarks/Retrieval", swiftSettings: forThisMachine),

        // Tests.
        .target(name: "TestSupport", dependencies: ["Files"], path: "Tests/TestSupport"),
        tests("FilesTests", ["Files"]),
        tests("TensorsTests", ["Tensors"]),
        tests("AutodiffTests", ["Autodiff"]),
        tests("CheckpointsTests", ["Checkpoints"]),
        tests("TokenizersTests", ["Files", "Tokenizers"]),
        tests("DatasetsTests", ["Datasets"]),
        tests("ModelsTests", ["Models"]),
        tests("EditingTests", ["Editing"]),
        tests("ScoringTests", ["Scoring", "Tables"]),
        tests("TablesTests", ["Tables"]),
        tests("FiguresTests", ["Figures", "Tables"]),
        tests("ToolSupportTests", ["ToolSupport"]),
        tests(
            "ToolTests",
            ["Checkpoints", "Files", "prepare-data", "pretrain", "stream-edit", "evaluate", "plot-data"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
