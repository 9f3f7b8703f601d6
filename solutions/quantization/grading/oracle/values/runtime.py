"""ONNX Runtime, one operator at a time."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

SOURCE = f"ONNX Runtime {onnxruntime.__version__} on one thread of its CPU provider"
TYPES = {
    np.dtype(np.float32): TensorProto.FLOAT,
    np.dtype(np.uint8): TensorProto.UINT8,
    np.dtype(np.int8): TensorProto.INT8,
    np.dtype(np.int32): TensorProto.INT32,
}


def run(operator, inputs, outputs, constants=(), **attributes):
    """Runs one operator.

    `inputs` and `outputs` are in the operator's order; `outputs` are element types. Inputs whose
    index is in `constants` belong to the model, as a layer's weights do.
    """
    inputs = [np.asarray(array) for array in inputs]
    names = [f"input{i}" for i in range(len(inputs))]
    results = [f"output{i}" for i in range(len(outputs))]
    node = helper.make_node(operator, names, results, **attributes)
    fed = [i for i in range(len(inputs)) if i not in constants]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [node],
        operator,
        [value(names[i], TYPES[inputs[i].dtype], inputs[i].shape) for i in fed],
        [value(n, TYPES[np.dtype(t)], None) for n, t in zip(results, outputs)],
        [onnx.numpy_helper.from_array(inputs[i], names[i]) for i in constants],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])
    model.ir_version = 10
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, {names[i]: inputs[i] for i in fed})
