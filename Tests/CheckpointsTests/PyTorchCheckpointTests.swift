import Checkpoints
import Files
import Foundation
import Tensors
import TestSupport
import Testing

@Suite("PyTorch checkpoints") struct PyTorchCheckpointTests {
    func url(_ name: String) -> URL { ExpectedTensor.folder.appendingPathComponent(name) }

    @Test(
        "every tensor of files that torch.save wrote comes out bit by bit",
        arguments: [
            "types.bin", "strided.bin", "module.bin", "parameters.bin", "protocol3.bin", "protocol4.bin",
            "protocol5.bin", "wrapped.bin", "storage.bin",
        ])
    func fixtures(name: String) throws {
        try ExpectedTensor.compare(PyTorchCheckpoint(url(name)), with: name)
    }

    @Test("every tensor of a file that Python's safetensors wrote comes out bit by bit")
    func pythonSafetensors() throws {
        let file = try SafetensorsFile(url("types.safetensors"))
        try ExpectedTensor.compare(file, with: "types.safetensors")
        #expect(file.metadata == ["ü": "\"quoted\"\n"])
    }

    @Test("the fixtures are the ones in the manifest")
    func manifest() throws {
        struct Manifest: Decodable { let sha256: [String: String] }
        let manifest = try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: url("manifest.json")))
        #expect(manifest.sha256.count > 15)
        for (name, digest) in manifest.sha256 {
            #expect(try Digest.sha256(of: url(name)) == digest, Comment(rawValue: name))
        }
    }

    @Test("tensors that share a storage share memory, and only while one of them is alive")
    func tied() throws {
        let checkpoint = try PyTorchCheckpoint(url("module.bin"))
        let shared = try checkpoint.tensor("shared.weight")
        let head = try checkpoint.tensor("lm_head.weight")
        #expect(shared.pointer == head.pointer)
        weak var storage: Storage?
        do {
            let norm = try checkpoint.tensor("norm.weight")
            storage = norm.storage
        }
        #expect(storage == nil)
        #expect(try checkpoint.tensor("norm.weight").array == [-1, -0.75, -0.5, -0.25])
    }

    @Test("a small view does not keep a large storage alive")
    func smallView() throws {
        let checkpoint = try PyTorchCheckpoint(url("strided.bin"))
        #expect(try checkpoint.tensor("small_of_large").storage.count == 10)
        #expect(try checkpoint.tensor("base").storage.count == 24)
    }

    @Test("an integer tensor is no float tensor, nor the reverse")
    func types() throws {
        let file = url("module.bin")
        let checkpoint = try PyTorchCheckpoint(file)
        #expect(throws: CheckpointError.notFloat(path: file.path, tensor: "position_ids", found: .I64)) {
            try checkpoint.tensor("position_ids")
        }
        #expect(throws: CheckpointError.notInteger(path: file.path, tensor: "norm.weight", found: .F32)) {
            try checkpoint.integers("norm.weight")
        }
    }

    @Test("a name that is not there is an error that names similar ones")
    func missing() throws {
        let file = url("module.bin")
        let error = #expect(throws: CheckpointError.self) { try PyTorchCheckpoint(file).tensor("norm.weigth") }
        guard case .missingTensor(file.path, "norm.weigth", let similar) = error else {
            Issue.record("found \(String(describing: error))")
            return
        }
        #expect(similar.first == "norm.weight")
    }

    @Test(
        "pickles that import anything else are refused by the name of it",
        arguments: [
            ("evil_system.bin", "posix.system"), ("evil_eval4.bin", "builtins.eval"),
            ("numpy.bin", "numpy._core.multiarray._reconstruct"),
            ("whole_module.bin", "torch.nn.modules.linear.Linear"),
        ])
    func forbidden(name: String, imported: String) throws {
        #expect(throws: CheckpointError.forbiddenImport(path: url(name).path, name: imported)) {
            try PyTorchCheckpoint(url(name))
        }
    }

    @Test("a file without one clear dictionary of tensors is refused with the reason")
    func unclear() throws {
        let ambiguous = url("ambiguous.bin").path
        let both = "holds tensors under state_dict and tensors under model, so it is not clear which are meant"
        #expect(throws: CheckpointError.noStateDict(path: ambiguous, reason: both)) {
            try PyTorchCheckpoint(url("ambiguous.bin"))
        }
        #expect(throws: CheckpointError.noStateDict(path: url("no_tensors.bin").path, reason: "holds no tensors")) {
            try PyTorchCheckpoint(url("no_tensors.bin"))
        }
    }

    @Test("the format before PyTorch 1.6 is refused with what to do")
    func legacy() throws {
        let error = #expect(throws: CheckpointError.legacyPyTorch(path: url("legacy.bin").path)) {
            try PyTorchCheckpoint(url("legacy.bin"))
        }
        #expect(error?.description.contains("torch.save(torch.load(file), file)") == true)
    }
}
