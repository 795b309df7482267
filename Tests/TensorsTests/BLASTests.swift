import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("OpenBLAS")
struct BLASTests {
    private let tolerance = 1e-6

    init() throws { try BLAS.load() }

    private static let hasAVX512: Bool = {
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return false }
        let flags = text.split(separator: "\n").first { $0.hasPrefix("flags") }?.split(separator: " ") ?? []
        return ["avx512f", "avx512bw", "avx512dq", "avx512vl"].allSatisfy { flags.contains(Substring($0)) }
    }()

    private static let userChoseCore = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] != nil

    @Test("On a CPU with AVX-512 its kernels are used", .enabled(if: hasAVX512 && !userChoseCore))
    func core() {
        #expect(["skylakex", "cooperlake", "sapphirerapids"].contains(BLAS.coreName.lowercased()))
    }

    @Test("The name of the kernels is known")
    func name() {
        #expect(!BLAS.coreName.isEmpty)
    }

    private static let shapes = [
        (1, 1, 1), (3, 5, 7), (16, 16, 16), (17, 33, 65), (1, 70, 130), (9, 1, 64), (70, 3, 2), (64, 128, 256),
        (130, 129, 127),
    ]

    @Test("The three products of a linear layer are the plain ones", arguments: shapes)
    func products(rows: Int, inputs: Int, outputs: Int) {
        let x = random([rows, inputs], 1)
        let w = random([outputs, inputs], 2)
        let dy = random([rows, outputs], 3)
        for threads in 1...2 {
            withThreads(threads) {
                let y = BLAS.forward(x: x, weight: w)
                #expect(y.shape == [rows, outputs])
                #expect(Plain.product(x, by: w, transposeB: true).error(of: y) <= tolerance)
                let dx = BLAS.backward(dy: dy, weight: w)
                #expect(dx.shape == [rows, inputs])
                #expect(Plain.product(dy, by: w).error(of: dx) <= tolerance)
                let dw = BLAS.weightGradient(dy: dy, x: x)
                #expect(dw.shape == [outputs, inputs])
                #expect(Plain.product(dy, by: x, transposeA: true).error(of: dw) <= tolerance)
            }
        }
    }

    @Test("Both kinds of product agree")
    func agreement() {
        let x = random([23, 300], 1)
        let w = random([70, 300], 2)
        let frozen = FrozenProduct.forward(x: x, weight: w)
        let trained = BLAS.forward(x: x, weight: w)
        #expect(relativeDifference(frozen.array, to: trained.array) <= 1e-6)
    }

    @Test("A product of a long sequence is divided, a small one is not, and a larger one is into more parts")
    func parts() {
        #expect(BLAS.partCount(16, 768, 768) == 1)
        #expect(BLAS.partCount(512, 768, 768) == 2)
        #expect(BLAS.partCount(4096, 768, 768) == 8)
    }

    @Test("Factors, strides and both transpositions do what they say")
    func general() {
        let a = random([6, 20], 1)
        let b = random([9, 20], 2)
        let c = random([4, 30], 3)
        let before = c.array
        // c[4, 3] = 2 · aᵀ[4, 6] · bᵀ[6, 3] + 0.5 · c, of the left upper parts of larger matrices.
        BLAS.product(
            transposeA: true, transposeB: true, m: 4, n: 3, k: 6, alpha: 2, a: a.pointer, strideA: 20, b: b.pointer,
            strideB: 20, beta: 0.5, c: c.pointer, strideC: 30)
        var expected = before
        for i in 0..<4 {
            for j in 0..<3 {
                let dot = (0..<6).reduce(0) { $0 + a.array[$1 * 20 + i] * b.array[j * 20 + $1] }
                expected[i * 30 + j] = 2 * dot + 0.5 * before[i * 30 + j]
            }
        }
        #expect(largestDifference(c.array, expected) <= 1e-5)
    }
}
